"""Small files of other tools, written by hand, each for some features of its format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DOMAIN = """<negotiation_template>
 <utility_space number_of_issues="3">
  <objective index="0" name="House" type="objective" etype="objective">
   <issue index="1" name="Colour" vtype="discrete" type="discrete" etype="discrete">
    <item index="1" value="red"/><item index="2" value="green"/><item index="3" value="blue"/>
   </issue>
   <objective index="4" name="Money" type="objective" etype="objective">
    <issue index="2" name="Weeks" vtype="integer" type="integer" etype="integer" lowerbound="1" upperbound="4"/>
    <issue index="3" name="Price" vtype="real" type="real" etype="real">
     <range lowerbound="100" upperbound="200"/>
    </issue>
   </objective>
  </objective>
 </utility_space>
</negotiation_template>
"""

BUYER = """<utility_space>
 <objective index="0" name="House" type="objective" etype="objective">
  <weight index="1" value="0.5"/><weight index="4" value="0.9"/>
  <issue index="1" name="Colour" type="discrete" etype="discrete">
   <item index="1" value="red" evaluation="1"/><item index="2" value="green" evaluation="3" cost="7"/>
   <item index="3" value="blue" evaluation="4"/><item index="4" value="red" evaluation="2"/>
  </issue>
  <objective index="4" name="Money" type="objective" etype="objective">
   <weight index="2" value="0.3"/><weight index="3" value="0.2"/>
   <issue index="2" name="Weeks" type="integer" etype="integer" lowerbound="1" upperbound="4">
    <evaluator ftype="linear" slope="0.5" offset="0.25"/>
   </issue>
   <issue index="3" name="Price" type="real" etype="real">
    <range lowerbound="100" upperbound="200"/>
    <evaluator ftype="linear" parameter0="2" parameter1="-0.01"/>
   </issue>
  </objective>
 </objective>
 <reservation value="0.25"/><discount_factor value="0.75"/>
</utility_space>
"""

SELLER = (
    BUYER.replace('slope="0.5" offset="0.25"', 'slope="0" offset="1"')
    .replace('parameter0="2" parameter1="-0.01"', 'parameter0="-1" parameter1="0.01"')
    .replace('<reservation value="0.25"/><discount_factor value="0.75"/>', "")
)


def write(folder: Path, **texts: str) -> list[Path]:
    """Files by name, the last ``_`` of which stands for a point."""
    found = []
    for name, text in texts.items():
        stem, ending = name.rsplit("_", 1)
        path = folder / f"{stem}.{ending}"
        path.write_text(text, encoding="utf-8")
        found.append(path)
    return found


def house(folder: Path) -> list[Path]:
    """A GENIUS domain with every kind of issue, and two profiles."""
    return write(folder, house_xml=DOMAIN, buyer_xml=BUYER, seller_xml=SELLER)


def geniusweb(own: bool) -> list[dict[str, Any]]:
    """Two GeniusWeb profiles, in the words of either dialect."""
    discrete, numbers = (
        ("discreteutils", "numberutils") if own else ("DiscreteValueSetUtilities", "NumberValueSetUtilities")
    )
    domain = {
        "name": "cars",
        "issuesValues": {
            "colour": {"values": ["red", "blue"]},
            "price": {"range": {"low": 1, "high": 2, "step": 0.5}},
        },
    }
    if own:
        domain["issuesValues"]["price"] = {"range": ["1", "2", "0.5"]}  # type: ignore[index]
    found = []
    for name, red, low, high in (("A", 1, 0.0, 1.0), ("B", 0.25, 0.5, 0)):
        found.append(
            {
                "LinearAdditiveUtilitySpace": {
                    "issueUtilities": {
                        "colour": {discrete: {"valueUtilities": {"red": red, "blue": 0.125}}},
                        "price": {
                            numbers: {"lowValue": 1, "lowUtility": low, "highValue": 2, "highUtility": high}
                        },
                    },
                    "issueWeights": {"colour": 0.6, "price": 0.4},
                    "domain": domain,
                    "name": name,
                    **(
                        {"reservationBid": {"issuevalues": {"colour": "blue", "price": 1.5}}}
                        if name == "A"
                        else {}
                    ),
                }
            }
        )
    return found


def dumped(value: Any) -> str:
    """As JSON."""
    return json.dumps(value)


SPACE = """issues:
- name: colour
  type: CategoricalIssue
  values: [red, blue]
- name: weeks
  type: ContiguousIssue
  values: [1, 3]
- name: share
  type: ContinuousIssue
  values: [0.0, 1.0]
name: cars
type: CartesianOutcomeSpace
"""

UFUN = """name: A
reserved_value: 0.2
type: LinearAdditiveUtilityFunction
values:
- mapping: {red: 0.0, blue: 1.0}
  type: TableFun
- {bias: 0.25, slope: 0.25, type: AffineFun}
- {type: IdentityFun}
weights: [0.5, 0.25, 0.25]
"""

BOXES = """name: A
reserved_value: 0.4
type: HyperRectangleUtilityFunction
outcome_ranges:
- {0: blue}
- {1: [1]}
- null
- {0: blue, 1: 2}
utilities: [0.5, 0.125, 0.1, -1]
weights: [1, 2, 1, 0.5]
"""

DISCOUNTED = """discount: 0.5
name: B
type: ExpDiscountedUFun
ufun:
  reserved_value: -.inf
  type: negmas.preferences.crisp.linear.LinearAdditiveUtilityFunction
  values:
  - mapping: {red: 1.0, blue: 0.5}
    type: TableFun
  - {bias: 0.5, type: ConstFun}
  - {bias: 1, slope: -1, type: LinearFun}
  weights: [0.5, 0.25, 0.25]
"""

GMCR = {
    "program": "gmcr-py",
    "version": "0.4",
    "options": [
        {"name": "Strike", "permittedDirection": "fwd"},
        {"name": "Stay", "permittedDirection": "back"},
        {"name": "Talk", "permittedDirection": "both"},
    ],
    "decisionMakers": [
        {
            "name": "Workers",
            "options": [0, 2],
            "preferences": [[[2, "Y"]], {"compound": True, "members": [[[0, "N"]], [[1, "Y"]]]}],
            "preferenceVector": [5, [1, 3], 2, 4, 6],
        },
        {
            "name": "Owners",
            "options": [1],
            "preferences": [[[0, "N"], [1, "Y"]]],
            "preferenceVector": [3, 1, 2, 5, 6, 4],
        },
    ],
    "infeasibles": [[[1, "Y"], [2, "Y"]]],
    "useManualPreferenceVectors": True,
}
