"""A made-up briefing with every kind of block, long names and awkward numbers: what the renderers must bear."""

from __future__ import annotations

import math

from detente.charts import gain_strip, grouped_bars, quantile_dots, tornado, utility_scatter
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


def _package(i: int) -> str:
    return "; ".join(
        f"{name}: {options[(i // 3**k) % 3].lower()}" for k, (name, options) in enumerate(_ISSUES)
    )


def _scatter() -> Chart:
    points = []
    for i in range(240):
        x = 50 + 38 * math.sin(i * 1.7) * math.cos(i * 0.31)
        y = 46 + 36 * math.cos(i * 2.3) * math.cos(i * 0.17)
        points.append({"x": x, "y": y, "kind": "other", "label": _package(i)})
    front = [(31.5, 92.0), (42, 88.5), (55.2, 81.0), (63, 72.25), (71, 66), (80.4, 55), (88, 41), (93, 22)]
    points = [p for p in points if not any(p["x"] >= a and p["y"] >= b for a, b in front)]
    points += [
        {"x": x, "y": y, "kind": "frontier", "label": _package(7 * k)} for k, (x, y) in enumerate(front)
    ]
    for kind, (x, y), i in (
        ("status quo", (50, 38), 0),
        ("nash", front[3], 21),
        ("kalai-smorodinsky", front[4], 28),
        ("egalitarian", front[4], 28),
        ("utilitarian", front[5], 35),
        ("most acceptable", front[3], 21),
    ):
        points.append({"x": x, "y": y, "kind": kind, "label": _package(i)})
    return utility_scatter(
        "utilities",
        "What each package is worth to the two sides that must agree",
        points,
        "Government (leader)",
        "Opposition moderates",
        58,
        44,
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
                "Package A is accepted by everyone it needs in 34% of draws, and moves four issues.",
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
            gain_strip(
                "gains",
                "Package A: gain over no deal, with its 5–95% range",
                [
                    ("Leader", 4.2, -3.4, 11.0),
                    ("The ruling clan and its business partners", 1.0, -8.5, 9.2),
                    ("Opposition moderates", 12.6, 4.1, 21.5),
                    ("Opposition hardliners", -6.3, -19.0, 2.2),
                    ("Sanctioning power", 3.3, 0.2, 6.8),
                ],
            ),
            grouped_bars(
                "readings",
                "How each package fares under rival readings of what the leader wants",
                [
                    (package, reading, value, max(0, value - 0.05), min(1, value + 0.06))
                    for package, values in (
                        (
                            "A · recommended: licences and vaccines for prisoners and observers",
                            (0.34, 0.12, 0.61),
                        ),
                        ("B · small swap", (0.48, 0.41, 0.55)),
                        ("C · frontier", (0.02, 0.0, 0.07)),
                    )
                    for reading, value in zip(
                        ("All draws", "Stalling: wants time, no deal", "Seeks a way out"), values, strict=True
                    )
                ],
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
                "Voting power on eight trees: a table too wide for a telephone",
                ["Party", *(f"Tree number {i}" for i in range(1, 9))],
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
            "zone",
            "Is there a zone of agreement?",
            [
                quantile_dots(
                    "chance",
                    "The chance that package A clears every line",
                    0.34,
                    ("everyone needed accepts package A", "somebody blocks it"),
                ),
                _scatter(),
                quantile_dots(
                    "gain-dots",
                    "The leader’s gain from package A",
                    [10 * math.tanh((i - 24.5) / 22) + 3 + i * i / 400 for i in range(50)],
                    x_title="Gain over no deal, points",
                ),
                Finding("The status quo is acceptable to nobody in 12% of draws.", tone="muted"),
            ],
            lead="Is there any package that everyone needed would rather have than no deal?",
        ),
        _packages(),
        _flips(),
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
    points = [{"x": 1, "y": 2, "kind": "frontier", "label": h}, {"x": 2, "y": 1, "kind": h, "label": h}]
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
                    utility_scatter(h, h, points, h, h, 1, 1),
                    tornado(h, h, [(h, 1, 2, h, h)], 1.5, h),
                    quantile_dots(h, h, 0.3, (h, h + "2")),
                    grouped_bars(h, h, [(h, h, 0.3, 0.2, 0.4)]),
                    gain_strip(h, h, [(h, 1, -2, 3)]),
                    Section(h, h, [Table(h, [h], [[h]], fold=True)], h),
                ],
                h,
            ),
        ],
        {h: h},
    )
