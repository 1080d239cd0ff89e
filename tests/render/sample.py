"""A made-up briefing with every kind of block, long names and awkward numbers: what the renderers must bear."""

from __future__ import annotations

from detente.charts import chances_of_100, reach_map, timeline, tornado
from detente.charts.flow import Box, Edge, flow_chart
from detente.charts.reach import Place
from detente.charts.shares import shares
from detente.charts.timeline import Span
from detente.document import Cell, Chart, Document, Finding, Paragraph, Section, Table

__all__ = ["HOSTILE", "SAMPLE", "hostile_document"]

HOSTILE = (
    '</script><img src=x onerror="window.pwned=1"> [bold]not bold[/bold] [link=http://x.example]l[/link] '
    "\x1b[31mred\x1b[0m \x1b]8;;http://x.example\x07link\x1b]8;;\x07 \u202eevil\u202c \u2066hidden\u2069 "
    "\x9b2Jwiped \x07\x08\x00 {{ 7 * 7 }} {% raw %} <!-- --> &amp; ' \" \ud800 \u200bzero :smile:"
)
"""Everything that a hostile case file may hold in a name."""

_ISSUES = [
    ("Political prisoners", ("House arrest", "Some released", "All released")),
    ("Electoral council", ("Three of five government", "Two of five opposition", "Balanced, with observers")),
    ("Oil sanctions", ("In place", "Licences for swaps and debt repayment", "Lifted in stages")),
    ("Humanitarian access", ("By permission", "World Food Programme in all states", "Unrestricted")),
    (
        "Regional elections",
        ("As announced", "Postponed with a new register", "Observed by the European Union"),
    ),
    ("Frozen funds abroad", ("Frozen", "Released for vaccines", "Released under a joint board")),
]
_FACTIONS = ("Leader", "Ruling clan", "Opposition moderates", "Sanctioning power")


def _chances(id: str) -> Chart:
    links = ("acceptable", "signed", "begun", "kept")
    rows = {
        "A · recommended: licences and vaccines for prisoners and observers": (0.34, 0.12, 0.06, 0.004),
        "B · small swap": (0.48, 0.41, 0.2, 0.11),
        "C · frontier, with nothing said of signing": (0.02, None, None, None),
    }
    return chances_of_100(
        id, "How likely each agreement is", [(n, dict(zip(links, v, strict=True))) for n, v in rows.items()]
    )


def _world() -> Chart:
    boxes = [Box(f"part_{n}", "part", f"Part number {n} of the world without a deal") for n in range(5)]
    edges = [Edge(f"part_{n}", f"part_{n + 1}", "+", "quoted") for n in range(4)]
    return flow_chart("world", "What drives what", boxes, edges, alt="Five parts, one after another.")


def _ahead() -> Section:
    gone = [0.6 * month / 60 for month in range(61)]
    return Section(
        "ahead",
        "What if there is none?",
        [
            shares(
                "fates",
                "What becomes of the office",
                {
                    "the government goes on": [1 - g for g in gone],
                    "somebody else holds it, whom neither the generals nor the governors would follow": gone,
                },
            ),
            timeline(
                "steps",
                "In what order",
                [
                    Span("Free prisoners – leader", 0, 4, 0.4, "the ruling clan"),
                    Span("Licences", 4, 9, -1, "leader"),
                ],
            ),
            reach_map(
                "rests",
                "Where it can come to rest",
                [
                    Place("Where things are", 0, 0.4, 0.1, "now"),
                    Place("Out of reach", None, 0.2, 0.01, "hoped for"),
                ],
                kinds=["now", "hoped for"],
            ),
            _world(),
        ],
        fold=True,
    )


def _packages() -> Section:
    columns = ["Issue", "Status quo", "A · recommended", "B · small swap", "C · frontier"]
    rows: list[list[str | Cell]] = []
    for name, options in _ISSUES:
        rows.append(
            [name, *(Cell(o, "muted" if i == 0 else "plain") for i, o in enumerate((options[0], *options)))]
        )
    rows.append(["Gain of the leader", "0", Cell("+4.2", "good"), Cell("+0.3", "good"), Cell("−6.1", "bad")])
    rows.append(
        [
            "Gain of the ruling clan",
            "0",
            Cell("+1.0", "good"),
            Cell("0", "caution", "Exactly at its no-deal value: the smallest error decides."),
            Cell("−12.4", "bad"),
        ]
    )
    rows.append(["Who blocks", "", "nobody", "nobody", Cell("Leader, ruling clan", "bad")])
    return Section(
        "packages",
        "Packages worth proposing",
        [
            Finding(
                "Package A is acceptable to everyone it needs in 34% of draws, and moves four issues.",
                because="It trades licences and vaccine funds for prisoners and observers, and leaves the presidency alone.",
                limit="The best of 729 packages on these draws; re-estimated on fresh draws it is 31%.",
                tone="good",
            ),
            Table(
                "Packages side by side",
                columns,
                rows,
                note="Gains are in points of each faction's own scale and cannot be compared across rows.",
            ),
            Section(
                "blockers",
                "Who stands in the way",
                [
                    Table(
                        "Minimal sets of factions that block",
                        ["Factions", "Share of draws"],
                        [
                            ["Leader", "41%"],
                            ["Ruling clan", "38%"],
                            ["Leader with the sanctioning power", "9%"],
                        ],
                        numeric=[1],
                    )
                ],
            ),
        ],
        lead="Which packages would everyone needed rather sign than walk away from?",
    )


def _flips() -> Section:
    swings = [
        ("Leader: weight of oil sanctions", 0.12, 0.52, "10", "30"),
        ("Ruling clan: no-deal value relative to the status quo", 0.55, 0.16, "−5", "12"),
        (
            "Opposition moderates: value of an observed regional election in which the main parties take part",
            0.22,
            0.41,
            "30",
            "70",
        ),
        ("Sanctioning power: weight of political prisoners", 0.29, 0.39, "15", "40"),
        ("Prior of the reading “staller”", 0.39, 0.27, "0.35", "0.65"),
        ("Leader: value of some released", 0.36, 0.37, "50", "70"),
    ]
    return Section(
        "flips",
        "What would change this answer",
        [
            Paragraph(
                "Each judgement was moved to the ends of its range, the others held still.\nBars show what becomes of the answer."
            ),
            tornado(
                "tornado",
                "What one judgement at a time does to acceptance of package A",
                swings,
                0.34,
                "Acceptance of package A",
                percent=True,
            ),
            Table(
                "The smallest changes that flip the answer",
                ["Judgement", "Now", "Flips at", "Inside its range?"],
                [
                    ["Leader: weight of oil sanctions", "20", "16.4", Cell("yes", "caution")],
                    [
                        "Ruling clan: no-deal value",
                        "3",
                        "3.9",
                        Cell("yes", "bad", "A change of less than a point."),
                    ],
                    ["Sanctioning power: weight of prisoners", "25", "61", Cell("no", "good")],
                ],
                numeric=[1, 2],
            ),
        ],
        lead="Which single judgement, changed how little, would turn yes into no?",
    )


def _sources() -> Section:
    rows = [
        [
            f"preferences.faction_{i % 4}.weights.issue_{i}",
            f"[{i}, {i + 10}, {i + 25}]",
            ("fact", "judgement", "inference")[i % 3],
            Cell(
                "reading of the article",
                note=f"Quotation number {i}: “transferred six former executives to house arrest”.",
            ),
        ]
        for i in range(48)
    ]
    return Section(
        "sources",
        "Where every number comes from",
        [
            Paragraph(
                "Of 148 numbers, 21 rest on facts, 96 on judgements and 31 on inference.", tone="caution"
            ),
            Table("Every number and its source", ["Number", "Range", "Kind", "Source"], rows, fold=True),
            Table(
                "Voting power on eight trees: a table too wide for any page",
                ["Party", *(f"Constitution {i}" for i in range(1, 9))],
                [
                    [name, *(f"{(i * 37 + j * 11) % 100 / 100:.2f}" for j in range(8))]
                    for i, name in enumerate(_FACTIONS)
                ],
                numeric=range(1, 9),
            ),
        ],
        lead="What is fact, what is judgement?",
    )


SAMPLE = Document(
    "A scofflaw’s offer",
    "Is there a deal between the government, its opponents and the sanctioning power? As of 3 June 2021.",
    [
        Finding(
            "A narrow deal exists, and it is not the one on the table: swap licences and vaccine money for prisoners and observers. It clears everyone’s line in 17 of 50 worlds.",
            because="no package that touches the presidency is acceptable to the ruling clan at any weight in its range.",
            limit="Exact over 729 packages at best estimates; the share is sampled (1,024 draws, ±1.5 points). Consent on paper is not signature, and signature not compliance.",
            tone="caution",
            headline=True,
        ),
        Finding(
            "It flips to no deal if the leader’s weight on oil sanctions falls from 20 to 16.",
            because="16 lies inside the range of 10 to 30 that the case gives.",
            tone="bad",
            headline=True,
        ),
        Finding(
            "Of 148 numbers, 21 rest on facts and 127 on somebody’s judgement or inference.",
            tone="plain",
            headline=True,
        ),
        Section(
            "brief",
            "The case in three minutes",
            [
                Finding(
                    "About as likely as not (34%): some package clears every line.",
                    because="Confidence low: it turns on what the leader wants.",
                    tone="caution",
                    asks="Is there a deal?",
                ),
                Finding("The status quo is acceptable to nobody in 12% of draws.", tone="muted"),
                _chances("chances-of-100"),
            ],
            lead="Is there any package that everyone needed would rather have than no deal?",
        ),
        _packages(),
        _flips(),
        _ahead(),
        _sources(),
    ],
    {
        "Case": "scofflaw-sample",
        "As of": "2021-06-03",
        "Version": "0.1.0",
        "Seed": "0",
        "Draws": "1,024",
        "Method": "exact at best estimates, shifted lattice over draws",
    },
)
"""Rich and made up."""


def hostile_document() -> Document:
    """Hostile words in every place that takes words."""
    h = HOSTILE
    inner = Table(
        h, [h, h, "n"], [[h, Cell(h, "good", h), "1"], [Cell(h, "bad"), h, "2"]], numeric=[2], note=h
    )
    return Document(
        h,
        h,
        [
            Finding(h, h, h, "good", True),
            Section(
                h,
                h,
                [
                    Finding(h, h, h),
                    Paragraph(h),
                    inner,
                    chances_of_100(h, h, [(h, {"acceptable": 0.3, "kept": 0.1})]),
                    tornado(h, h, [(h, 1, 2, h, h)], 1.5, h),
                    shares(h, h, {h: [0.3, 0.4], h + "2": [0.7, 0.6]}),
                    timeline(h, h, [Span(h, 0, 1, 1.0, h)]),
                    flow_chart(
                        h,
                        h,
                        [Box("a", "part", h), Box("b", "part", h)],
                        [Edge("a", "b", "+", "quoted")],
                        alt=h,
                    ),
                    Section(h, h, [Table(h, [h], [[h]], fold=True)], h),
                ],
                h,
            ),
        ],
        {h: h},
    )
