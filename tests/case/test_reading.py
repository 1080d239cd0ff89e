"""Bad input of every kind gives one clear error with a position; nothing but CaseError ever comes out."""

from __future__ import annotations

import difflib
from pathlib import Path
from time import process_time

import pytest

from detente.case.reading import ReadCase, load_case, read_case
from detente.case.yamltext import parse
from detente.errors import MOST_SHOWN, CaseError, UsageError

from .small import GOOD, changed, complaints

# (what, text, place, part of the message). One fault each, exactly where it is.
SYNTAX = [
    ("empty", "", "1:1", "the file is empty"),
    ("spaces only", "  \n\n", "1:1", "the file is empty"),
    ("only a comment", "# nothing here\n", "1:1", "the file is empty"),
    ("null", "null\n", "1:1", "the file is empty"),
    ("a list", "- a\n- b\n", "1:1", "found a list"),
    ("a text", "hello\n", "1:1", "found the text 'hello'"),
    ("a number", "42\n", "1:1", "found the number 42"),
    ("two documents", changed(add="---\ndetente: 1\n"), "16:1", "a second document"),
    ("anchor on a block", changed(("title: Small", "title: &t Small")), "3:8", "an anchor (&t)"),
    ("anchor on a mapping", changed(("issues:", "issues: &i")), "9:9", "an anchor (&i)"),
    ("anchor on a key", changed(("title: ", "&t title: ")), "3:1", "an anchor (&t)"),
    ("alias", changed(("title: Small", "title: *t")), "3:8", "an alias (*t)"),
    ("tag", changed(("title: Small", "title: !str Small")), "3:8", "a tag (!str)"),
    (
        "tag that asks to be executed",
        changed(("title: Small", "title: !!python/object/apply:os.system ['echo x']")),
        "3:8",
        "a tag (tag:yaml.org,2002:python/object/apply:os.system)",
    ),
    ("tag on a key", changed(("title: ", "!x title: ")), "3:1", "a tag (!x)"),
    (
        "duplicate key",
        changed(add="issues: {}\n"),
        "16:1",
        "the key 'issues' is here twice (first at line 9)",
    ),
    ("duplicate key within a line", changed(("y: {}}}", "x: {}}}")), "10:41", "'x' is here twice"),
    ("merge key", changed(add="<<: {a: 1}\n"), "16:1", "a merge key (<<)"),
    ("key that is a list", changed(add="[a, b]: 1\n"), "16:1", "a key must be plain text: found a list"),
    ("key that is a mapping", changed(add="? {a: 1}\n: 2\n"), "16:3", "found a block of keys"),
    ("tab", "detente: 1\n\tid: x\n", "2:1", "a tab: indent with spaces"),
    ("tab within", "detente: 1\nparties:\n\ta: {}\n", "3:1", "a tab: indent with spaces"),
    ("5,000 levels of lists", "a: " + "[" * 5000, "1:67", "more than 64 levels"),
    ("5,000 levels closed", "a: " + "[" * 5000 + "]" * 5000, "1:67", "more than 64 levels"),
    ("5,000 levels of maps", "{a: " * 5000, "1:257", "more than 64 levels"),
    ("5,000 levels of dashes", "- " * 5000, "1:129", "more than 64 levels"),
    ("NUL", "detente: 1\nid: a\0b\n", "2:6", "a NUL character"),
    ("control character", "detente: 1\nid: a\x07\n", "2:6", "the control character U+0007"),
    ("directive", "%YAML 1.1\n---\n" + GOOD, "1:1", "a directive"),
    ("tag directive", "%TAG ! tag:x,2000:\n---\n" + GOOD, "1:1", "a directive"),
    (
        "unclosed brace",
        "a: {b: 1\nc: 2\n",
        "2:2",
        "in it stands in quotes (it was opened at line 1",
    ),
    ("unclosed bracket", "a: [1, 2\nb: 3\n", "2:2", "the closing ']' is missing"),
    (
        "unclosed quote",
        'a: "bc\nd: 1\n',
        "3:1",
        "a closing quote is missing (it was opened at line 1, column 4)",
    ),
    ("colon in text", "a: b: c\n", "1:5", "put text with ': ' in it in quotes"),
    ("bad indentation", "a: 1\n  b: 2\n", "2:4", "check the indentation"),
    ("dedent", "a:\n    b: 1\n  c: 2\n", "3:3", "check the indentation"),
    ("line without a colon", "a: 1\nb\nc: 2\n", "2:1", "a ':' is missing after this"),
    ("at sign", "a: @x\n", "1:4", "put it in quotes"),
    ("unknown escape", 'a: "\\q"\n', "1:6", "use single quotes"),
    ("huge code point", 'a: "\\UFFFFFFFF"\n', "1:1", "not valid YAML"),
]

STRUCTURE = [
    ("wrong version", changed(("detente: 1", "detente: 2")), "1:10", "'detente: 1'; found the number 2"),
    ("version as text", changed(("detente: 1", "detente: '1'")), "1:10", "found the text '1'"),
    ("version as flag", changed(("detente: 1", "detente: true")), "1:10", "found true"),
    ("no version", changed(("detente: 1\n", "")), "1:1", "'detente' is missing: add 'detente: 1'"),
    ("no issues", "\n".join(GOOD.splitlines()[:8]) + "\npreferences: {}\n", "1:1", "'issues' is missing"),
    ("title as number", changed(("title: Small", "title: 3")), "3:8", "found the number 3; put it in quotes"),
    ("title as list", changed(("title: Small", "title: [3]")), "3:8", "text was expected, found a list"),
    ("title empty", changed(("title: Small", "title: ''")), "3:8", "found empty text"),
    ("title missing its value", changed(("title: Small", "title:")), "3:1", "text was expected, found nothing"),
    ("id with capitals", changed(("id: small", "id: Small")), "2:5", "the id of a case is lower-case"),
    ("unknown key", changed(add="agrement: a\n"), "16:1", "unknown key 'agrement'; did you mean 'agreement'?"),
    ("unknown key of a party", changed(("{role: mediator}", "{rolle: mediator}")), "8:7", "did you mean 'role'?"),
    ("unknown key of a number", changed(("one: 60", "one: {range: 60, becuase: x}")), "13:34", "did you mean 'because'? Allowed here: range, because"),
    ("positions", changed(add="positions: {}\n"), "16:1", "'positions' is reserved for"),
    ("unknown role", changed(("role: mediator", "role: mediatr")), "8:13", "did you mean 'mediator'?"),
    ("name with capitals", changed(("  m: {role", "  Mr X: {role")), "8:3", "for example 'mr_x'"),
    ("name that is a date", changed(("  m: {role", "  2021-06-03: {role")), "8:3", "'2021-06-03' cannot be a name"),
    ("name of an issue that is a number", changed(("  m: {role", "  60: {role")), "8:3", "for example 'n60'; what readers see is typed at its 'name:'"),
    ("status quo as number", changed(("one: {status_quo: x", "one: {status_quo: 60")), "10:21", "'60' cannot be a name"),
    ("party called outside", changed(("  m: {role", "  outside: {role")), "8:12", "the word means that nobody at the table decides"),
    ("faction called any", changed(("{c: {}, d: {}}", "{c: {}, d: {}, any: {}}")), "7:37", "the word means who of several"),
    ("member listed twice", changed(("[c, d]", "[c, c]")), "7:52", "'c' stands here twice"),
    ("gate listed twice", changed(("[c, d]", "[{all: [c]}, {all: [c]}]")), "7:61", "this stands here twice"),
    ("party beside its faction", changed(add="agreement: {all: [a, b, d]}\n"), "16:25", "'d' is a faction of 'b', which stands beside it"),
    ("votes of a party and its faction", changed(add="agreement: {weights: {a: 1, b: 1, d: 1}, quota: 2}\n"), "16:38", "'d' is a faction of 'b'"),
    ("red line twice", changed(("a: {weights", "a: {red_lines: [{one: y, two: z}, {two: z, one: y}], weights")), "13:37", "the same line as entry 1"),
    ("firm line twice", changed(("a: {weights", "a: {firm: [{package: {one: y}, holds: 0.5}, {package: {one: y}, holds: 0.4}], weights")), "13:47", "the same line as entry 1"),
    ("two issues not said", changed(("a: {weights: {one: 60, two: 40}, values: {one: {x: 0, y: 100}, two: {x: 100, y: 50, z: 0}}}", "a: {weights: {}}")), "13:6", "nothing is said of the issues 'one', 'two': give each a weight and values"),
    ("mark in the middle", changed(("title: Small", "title: Small\n\ufeffsummary: x")), "4:1", "a byte-order mark (U+FEFF) in the middle of the file"),
    ("mark that nobody sees", changed(("title: Small", "title: Small\n\u200bsummary: x")), "4:1", "unknown key '\\u200bsummary'; did you mean 'summary'?"),
    ("line break and escape in a key", changed(("title: Small", 'title: Small\n"a\\nb\\e[31m": x')), "4:1", "unknown key 'a\\nb\\x1b[31m'"),
    ("what a key means", changed(add="record: {rounds: 3, judgement: j}\n"), "16:9", "'agreements' is missing"),
    ("name that is null", changed(("  m: {role", "  ~: {role")), "8:3", "'~' cannot be a name"),
    ("parties as list", changed(("  m: {role: mediator}", "  m: [role, mediator]")), "8:6", "a block of keys ('key: value') was expected"),
    ("options as list", changed(("{x: {}, y: {}}}\n  two", "[x, y]}\n  two")), "10:33", "found a list"),
    ("one option", changed(("{x: {}, y: {}}}\n  two", "{x: {}}}\n  two")), "10:33", "at least 2 entries are needed here, found 1"),
    ("thirty-three options", changed(("z: {}}", ", ".join(f"o{n}: {{}}" for n in range(31)) + "}")), "11:33", "at most 32 entries are allowed here, found 33"),
    ("number as text", changed(("one: 60", "one: '60'")), "13:22", "found the text '60'"),
    ("number with a percent sign", changed(("one: 60", "one: 70%")), "13:22", "found the text '70%'; write 0.7 for a chance or a share, 70 for points"),
    ("number with a dash", changed(("one: 60", "one: 15-35")), "13:22", "write a range as [15, 35]"),
    ("number with a comma", changed(("one: 60", "one: '0,97'")), "13:22", "write 0.97, with a point"),
    ("number as a fraction", changed(("one: 60", "one: 1/4")), "13:22", "write 0.25"),
    ("number in quotes", changed(("one: 60", "one: '60'")), "13:22", "write 60, without quotes"),
    ("percent within a range", changed(("[55, 60, 65]", "[55%, 60, 65]")), "15:22", "found '55%', write 0.55 for"),
    ("number as yes", changed(("one: 60", "one: yes")), "13:22", "found the text 'yes'"),
    ("number as true", changed(("one: 60", "one: true")), "13:22", "not true/false"),
    ("number infinite", changed(("one: 60", "one: .inf")), "13:22", "found the number inf"),
    ("number not a number", changed(("one: 60", "one: .nan")), "13:22", "found the number nan"),
    ("number of 5,000 digits", changed(("one: 60", "one: " + "9" * 5000)), "13:22", "must be between"),
    ("weight below 0", changed(("one: 60", "one: -1")), "13:22", "must be at least 0"),
    ("value above 100", changed(("y: 100", "y: 101")), "13:60", "must be between 0 and 100"),
    ("share above 1", changed(("0.7]", "1.7]")), "6:17", "must be between 0 and 1"),
    ("range in disorder", changed(("[55, 60, 65]", "[65, 60, 55]")), "15:22", "in order, low to high: found [65, 60, 55]"),
    ("range of four", changed(("[55, 60, 65]", "[1, 2, 3, 4]")), "15:22", "a range is [5th, 95th]"),
    ("range of words", changed(("[55, 60, 65]", "[low, high]")), "15:22", "all numbers"),
    ("flag as yes", changed(("one: {status", "one: {reversible: yes, status")), "10:21", "true or false was expected"),
    ("date as number", changed(("title: Small", "title: Small\nas_of: 2021")), "4:8", "written 2021-06-03; found the number 2021"),
    ("date that is none", changed(("title: Small", "title: Small\nas_of: 2021-02-30")), "4:8", "a date was expected"),
    ("tree of a wrong kind", changed(("{any: [c, d]}", "{anny: [c, d]}")), "7:42", "who has to say yes was expected"),
    ("tree as number", changed(("{any: [c, d]}", "3")), "7:42", "who has to say yes was expected"),
    ("branch as number", changed(("[c, d]", "[c, 3]")), "7:52", "who has to say yes was expected"),
    ("tree of two kinds", changed(("{any: [c, d]}", "{any: [c], all: [d]}")), "7:42", "who has to say yes was expected"),
    ("empty tree", changed(("{any: [c, d]}", "{any: []}")), "7:48", "at least 1 entry is needed here"),
    ("k as text", changed(("{any: [c, d]}", "{at_least: {k: '1', of: [c, d]}}")), "7:57", "a whole number was expected"),
    ("seat as number", changed(add="tracks: {t: {parties: [3]}}\n"), "16:24", "a party was expected"),
    ("from the outlook", changed(("a: {weights", "a: {no_deal: from_outlook, weights")), "13:16", "needs a block 'world'"),
    ("fact without a source", changed(("{role: mediator}", "{role: mediator, fact: hm}")), "8:6", "a fact needs a source"),
    ("source without a fact", changed(("{role: mediator}", "{role: mediator, source: s}")), "8:6", "a source needs the fact"),
    ("reason missing", changed(("judgement: made up for the test", "judgement: {by: me}")), "4:12", "'because' is missing"),
    ("text too long", changed(("title: Small", "title: " + "x" * 3000)), "3:8", "too long: 3,000 characters, at most 2,000"),
    ("correlation above 1", changed(add="moves_with: [{these: [a.weights.one, a.weights.two], correlation: 2}]\n"), "16:67", "must be at most 1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "says"), [c[1:] for c in SYNTAX], ids=[c[0] for c in SYNTAX])
def test_what_is_not_a_plain_document(text: str, place: str, says: str) -> None:
    (only,) = complaints(text)
    assert only.startswith(f"{place}: ")
    assert says in only


@pytest.mark.parametrize(("text", "place", "says"), [c[1:] for c in STRUCTURE], ids=[c[0] for c in STRUCTURE])
def test_what_has_the_wrong_shape(text: str, place: str, says: str) -> None:
    (only,) = complaints(text)
    assert only.startswith(f"{place}: ")
    assert says in only
    for jargon in ("pydantic", "Input should", "validation", "<", "tuple", "dict"):
        assert jargon not in only


def test_the_small_case_is_valid() -> None:
    text = GOOD.replace("{delivers: [0.5, 0.6, 0.7]}", "{}")  # which a case without steps has no use for
    read = read_case(text, "small.yaml")
    assert isinstance(read, ReadCase)
    assert (read.case.id, read.file, read.text, read.warnings) == ("small", "small.yaml", text, ())


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"# 10 MB\n" * 1_310_720)
    (tmp_path / "latin.yaml").write_bytes("detente: 1\ntitle: Añez\n".encode("latin-1"))
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "nul.yaml").write_bytes(b"detente: 1\n\0")
    expected = {
        "big.yaml": ": the file is too large: 10,485,760 bytes",
        "latin.yaml": ":2:9: this is not UTF-8",
        "binary.yaml": ":1:1: this looks like a binary file",
        "nul.yaml": ":2:1: this looks like a binary file",
        "": ": this is a directory",
    }
    for name, says in expected.items():
        with pytest.raises(CaseError) as caught:
            load_case(tmp_path / name)
        assert str(caught.value).startswith(f"{tmp_path / name}{says}")
        assert len(caught.value.faults) == 1
    with pytest.raises(UsageError):
        load_case(tmp_path / "absent.yaml")


def test_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    read = load_case(tmp_path / "a.yaml")
    assert read.case == read_case(GOOD, "small.yaml").case
    assert read.positions == read_case(GOOD, "small.yaml").positions


def test_all_faults_at_once_in_file_order() -> None:
    text = changed(
        ("title: Small", "title: 3"),
        ("{any: [c, d]}", "{any: [c, e]}"),
        ("one: {status_quo: x", "one: {status_quo: z"),
        ("one: 60", "oen: 60"),
        ("y: 50, z: 0", "y: 500, z: 0"),
        add="prefrences: {}\npositions: {}\n",
    )
    starts = [c.split(" ")[0] for c in complaints(text)]
    assert starts == ["3:8:", "7:52:", "10:21:", "13:22:", "13:83:", "16:1:", "17:1:"]


def test_shape_names_and_reasons_come_at_once() -> None:
    text = changed(
        ("judgement: made up for the test\n", ""),
        ("title: Small", "title: 3"),
        ("status_quo: x", "status_quo: z"),
    )
    found = complaints(text)
    for part in (
        "title: text was expected",
        "without a fact, a judgement or an inference",
        "unknown option 'z'",
    ):
        assert any(part in c for c in found), part
    # Where the reason itself has the wrong shape, nothing is said to be without one.
    (only,) = complaints(changed(("judgement: made up for the test", "judgement: 3")))
    assert only.startswith("4:12: ")


def test_what_is_left_out_is_not_called_unknown() -> None:
    # 'two' has a fault of shape; its name is known all the same.
    (only,) = complaints(changed(("two: {status_quo: x, options:", "two: {status_quo: x, optoins:")))
    assert "optoins" in only
    assert complaints(changed(("options: {x: {}, y: {}, z: {}}", "options: []"))) == [
        "11:33: issues.two.options: a block of keys ('key: value') was expected, found an empty list"
    ]


def test_one_bad_name_is_one_mistake() -> None:
    # Its uses, as it stands or as it should, are not told of as well.
    (only,) = complaints(changed(("  one: {", "  One: {")))
    assert only.startswith("10:3: issues.One: 'One' cannot be a name")
    (only,) = complaints(GOOD.replace("one: ", "One: "))
    assert only.startswith("10:3: ")
    (only,) = complaints(
        changed(("one: {status_quo: x, options: {x: {}", "one: {status_quo: X, options: {X: {}"))
    )
    assert only.startswith("10:21: ")


def many(kind: str, count: int) -> str:
    """The small case with so many faults of a kind."""
    numbered = range(count)
    if kind == "keys at the top":
        return GOOD + "".join(f"k{n}: 1\n" for n in numbered)
    if kind == "keys of many blocks":
        return changed(("  m: {", "".join(f"  p{n}: {{rolle: guarantor}}\n" for n in numbered) + "  m: {"))
    if kind == "issues":
        return changed(("one: 60", "one: 60, " + ", ".join(f"x{n}: 1" for n in numbered)))
    return (
        GOOD
        + "moves_with:\n"
        + "".join(f"  - {{these: [a.x{n}, b.delivers], correlation: 0, judgement: j}}\n" for n in numbered)
    )


@pytest.mark.parametrize("kind", ["keys at the top", "keys of many blocks", "issues", "numbers"])
def test_many_faults_are_counted_and_some_are_written_out(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    searches = 0
    search = difflib.get_close_matches

    def counted(*given: object, **how: object) -> list[str]:
        nonlocal searches
        searches += 1
        return search(*given, **how)  # type: ignore[arg-type, return-value, call-overload, no-any-return]

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    with pytest.raises(CaseError) as caught:
        read_case(many(kind, 1_000), "x.yaml")
    assert len(caught.value.faults) >= 1_000
    lines = str(caught.value).splitlines()
    assert len(lines) == MOST_SHOWN + 1
    assert (
        lines[-1]
        == f"x.yaml: and {len(caught.value.faults) - MOST_SHOWN:,} more; {len(caught.value.faults):,} faults in all"
    )
    assert searches <= 2 * MOST_SHOWN


def test_what_a_message_repeats_is_cut() -> None:
    long, key = "x" * 20_000, "y" * 900
    for text in (
        changed(("title: Small", f"title: !{long} Small")),
        changed(("title: Small", f"title: &{long} Small")),
        changed(("title: Small", f"title: *{long}")),
        changed(("title: Small", f"title: Small\n{key}: 3\n{key}: 4")),
        changed(("title: Small", f"title: Small\n{key}: 3")),
        changed(("one: {status_quo: x", f"one: {{status_quo: {long}")),
        changed(("one: 60", f"one: {long}")),
    ):
        assert all(len(c) < 1_100 for c in complaints(text))
        assert any("…" in c for c in complaints(text))


def test_all_refused_constructs_at_once() -> None:
    found = complaints("a: &x 1\nb: *x\na: !t 2\n<<: 3\n")
    assert [f.split(" ")[0] for f in found] == ["1:4:", "2:4:", "3:1:", "3:4:", "4:1:"]


def test_positions_are_exact() -> None:
    positions = read_case(GOOD, "small.yaml").positions
    lines = GOOD.splitlines()

    def at(*path: str | int) -> str:
        line, column = positions[path]
        return lines[line - 1][column - 1 :]

    assert positions[()] == (1, 1)
    assert at("title") == "Small"
    assert at("parties", "a", "delivers") == "[0.5, 0.6, 0.7]}"
    assert at("parties", "a", "delivers", 1) == "0.6, 0.7]}"
    assert at("parties", "b", "accepts", "any", 1) == "d]}}"
    assert at("issues", "two", "options", "z") == "{}}}"
    assert at("preferences", "d", "weights", "two").startswith("[35")
    # What starts on a later line is found by its key.
    assert at("preferences") == "preferences:"


def test_values_are_those_of_yaml_1_2() -> None:
    text = "a: yes\nb: 0x10\nc: 1e3\nd: 2021-06-03\ne: 012\nf: ~\ng: 0o17\nh: '1'\ni: .5\nj: TRUE\nk: 1_000\nl: -7\nm:\n"
    values = parse(text, "x").value
    assert values == {
        "a": "yes", "b": 16, "c": 1000.0, "d": "2021-06-03", "e": 12, "f": None, "g": 15,
        "h": "1", "i": 0.5, "j": True, "k": "1_000", "l": -7, "m": None,
    }  # fmt: skip


def test_keys_are_text_whatever_they_look_like() -> None:
    assert list(parse("1: a\ntrue: b\nnull: c\n2021-06-03: d\n'': e\n", "x").value) == [
        "1", "true", "null", "2021-06-03", "",
    ]  # fmt: skip


def test_a_deep_file_costs_no_more_than_its_first_levels() -> None:
    start = process_time()
    complaints("a: " + "[" * 500_000)
    complaints("- " * 500_000)
    # Orders of magnitude below what reading the rest would take.
    assert process_time() - start < 2


TWO = """
detente: 1
id: two
title: Two
parties: {a: {}, b: {}}
issues:
  ban: {options: {kept: {}, lifted: {}}}
  aid: {options: {shut: {}, some: {}, open: {}}}
preferences:
  a: {judgement: typed, weights: {ban: 1, aid: 1}}
  b: {judgement: typed, indifferent: [ban, aid], patience: 0,97}
"""


def test_what_has_to_be_said_is_suggested_for_all_of_it_at_once() -> None:
    """Of two options 0 and 100 are all that values can be; the status quo may be any."""
    with pytest.raises(CaseError) as caught:
        read_case(TWO.replace(", patience: 0,97", ""), "two.yaml")
    said = str(caught.value)
    for text in (
        "add 'status_quo: kept' if that is how things stand today (else one of: lifted)",
        "add 'status_quo: shut' if that is how things stand today (else one of: some, open)",
        "add 'values: {ban: {kept: 0, lifted: 100}}', or 0 and 100 the other way round",
        "add 'values: {aid: {shut: .., some: .., open: ..}}'",
    ):
        assert text in said, text
    assert said.count("the other way round") == 1


def test_a_decimal_comma_between_braces_is_known_for_one() -> None:
    with pytest.raises(
        CaseError, match=r"unknown key '97', which follows a comma; a decimal has a point: 0\.97"
    ):
        read_case(TWO, "two.yaml")
