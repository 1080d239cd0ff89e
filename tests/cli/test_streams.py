"""The outer skin: streams that cannot take words, letters that act on a terminal, interrupts, odd names."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from detente import cli
from tests.answers import ask
from tests.children import child

COMMAND = [sys.executable, "-m", "detente"]
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202edetnirp\u2066"


def detente(
    *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        timeout=300,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )


def inside(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """The same in this process, where the streams are not what is asked about: starting one takes half a second."""
    with contextlib.chdir(cwd):
        answer = ask(*arguments)
    return subprocess.CompletedProcess(arguments, answer.code, answer.out.encode(), answer.err.encode())


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", line.replace("detente", " ".join(COMMAND))],
        capture_output=True,
        timeout=300,
        check=False,
        cwd=cwd,
    )


def harmless(output: bytes) -> bool:
    return all(letter.isprintable() or letter == "\n" for letter in output.decode("utf-8"))


# --- what a case says never acts on a terminal ------------------------------------------------------------


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A case with an unknown key of the worst letters, a newline in it too."""
    file = tmp_path / "hostile.yaml"
    key = json.dumps(f"{HOSTILE}\nfile.yaml:1:1: all is well")
    file.write_text(f"detente: 1\nid: x\n{key}: {key}\ntitle: [1]\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("verb", ["check", "deal", "diff"])
def test_faults_are_clean_and_one_line_each(verb: str, hostile: Path) -> None:
    done = detente(verb, *[hostile] * (1 + (verb == "diff")))
    assert done.returncode == 3
    assert harmless(done.stderr)
    assert b"detnirp" in done.stderr
    assert all(line.startswith(f"{hostile}:") for line in done.stderr.decode().splitlines())


def test_sources_and_differences_are_clean(tmp_path: Path) -> None:
    fact, name = json.dumps(f"said {HOSTILE}"), json.dumps(f"name {HOSTILE}")
    case = detente("new", "--from", "two-villages", "case.yaml", cwd=tmp_path)
    assert case.returncode == 0
    text = (tmp_path / "case.yaml").read_text("utf-8")
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    block = (
        "record: {{rounds: 3, agreements: 1, fact: {}, source: s}}\nsources: {{s: {{title: {}, file: {}}}}}\n"
    )
    assert "\nsources:" not in text
    assert "\nrecord:" not in text
    before.write_text(text + block.format(fact, name, name), "utf-8")
    after.write_text(text + block.format(name, fact, name), "utf-8")
    done = detente("check", before, "--sources", tmp_path)
    assert (done.returncode, harmless(done.stdout)) == (3, True), done.stdout + done.stderr
    assert b"said" in done.stdout or b"name" in done.stdout
    done = detente("diff", before, after)
    assert (done.returncode, harmless(done.stdout)) == (0, True)
    done = detente("diff", before, after, "--json")
    assert (done.returncode, harmless(done.stdout)) == (0, True)
    assert HOSTILE in json.loads(done.stdout)["differences"][0]["sentence"]


def test_messages_are_bounded(tmp_path: Path) -> None:
    file = tmp_path / "tag.yaml"
    file.write_text(f"detente: !{'t' * 200_000} 1\n")
    done = detente("check", file)
    assert done.returncode == 3
    assert len(done.stderr) < 5000


# --- streams ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii", "utf-8"])
def test_output_in_any_encoding(encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = detente("schema", env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode(encoding)) == json.loads(detente("schema").stdout)
    done = detente("deal", "two-villages", "--draws", "64", env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "packages" in done.stdout.decode(encoding)
    assert detente("--help", env=env).returncode == 0


@pytest.mark.parametrize("columns", ["0", "1", "2", "-5", "abc", "10000"])
def test_columns_of_any_size(columns: str) -> None:
    done = detente("deal", "two-villages", "--draws", "64", env={"COLUMNS": columns})
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("verb", ["cases", "schema", "check two-villages", "deal two-villages --draws 64"])
def test_a_reader_who_has_gone_is_no_error(verb: str, tmp_path: Path) -> None:
    done = shell(f"detente {verb} | head -c1; echo ${{PIPESTATUS[0]}}", tmp_path)
    assert done.stderr == b""
    assert done.stdout[1:] == b"0\n"
    done = shell(f"detente {verb} | true; echo ${{PIPESTATUS[0]}}", tmp_path)
    assert (done.stdout, done.stderr) == (b"0\n", b"")


def test_a_reader_who_has_gone_does_not_change_the_code(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("detente: 1\n")
    done = shell("detente check bad.yaml 2>&1 | true; echo ${PIPESTATUS[0]}", tmp_path)
    assert (done.stdout, done.stderr) == (b"3\n", b"")


@pytest.mark.parametrize("verb", ["cases", "schema", "--help", "deal two-villages --draws 64"])
def test_a_full_disk_is_one_sentence_and_a_code_of_its_own(verb: str, tmp_path: Path) -> None:
    done = shell(f"detente {verb} > /dev/full", tmp_path)
    assert done.returncode == 74
    assert done.stderr == b"detente: the standard output cannot be written: No space left on device\n"


def test_closed_streams_are_no_error(tmp_path: Path) -> None:
    assert shell("detente cases >&-", tmp_path).returncode == 0
    assert shell("detente cases <&- >&- 2>&-", tmp_path).returncode == 0


# --- files ------------------------------------------------------------------------------------------------


def test_names_that_no_file_can_have_are_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "loop.html").symlink_to("loop.html")
    (tmp_path / "loop").symlink_to("loop")
    odd = ["n" * 300, "n" * 1500, "loop", "/proc/self/mem"]
    assert detente("check", odd[0], cwd=tmp_path).returncode == 2
    for name in odd:
        for arguments in (
            ("check", name),
            ("check", "two-villages", "--sources", name),
            ("roadmap", "two-villages", "--draws", "64", "--package", name),
            ("new", name),
        ):
            done = inside(*arguments, cwd=tmp_path)
            assert (done.returncode, b"Traceback" in done.stderr) == (2, False), (arguments, done.stderr)
    for name in ("n" * 300 + ".html", "loop.html", "absent/page.html"):
        done = inside("report", "two-villages", "-o", name, cwd=tmp_path)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.pdf", None, "print it from the browser"),
        ("mine.html", "<html>my own", "not written by detente; --force"),
    ],
)
def test_a_page_does_not_take_the_place_of_something_else(
    name: str, content: str | None, says: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    before = os.listdir(tmp_path)
    done = inside("report", "two-villages", "--draws", "64", "-o", name, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr.decode()
    assert os.listdir(tmp_path) == before
    assert content is None or (tmp_path / name).read_text() == content


def test_a_page_is_replaced_by_the_next_and_anything_else_when_told(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>my own")
    arguments = ("report", "two-villages", "--draws", "64", "-o", "page.html")
    assert inside(*arguments, "--force", cwd=tmp_path).returncode == 0
    done = inside(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"page.html\n")


def test_a_page_on_the_standard_output_and_its_name_beside_it(tmp_path: Path) -> None:
    # /dev/fd/1 is the same to storage, whose tests ask it.
    done = shell("detente report two-villages --draws 64 -o /dev/stdout > a 2> b", tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "a").read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "b").read_text("utf-8") == "/dev/stdout\n"


def test_sources_do_not_lead_out_of_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("the words that are looked for")
    (folder / "link.txt").symlink_to(secret)
    assert inside("new", "--from", "two-villages", "case.yaml", cwd=tmp_path).returncode == 0
    case = tmp_path / "case.yaml"
    text = (
        case.read_text("utf-8")
        + "record: {rounds: 3, agreements: 1, fact: the words that are looked for, source: s}\nsources: {s: {title: t"
    )
    for file in ("", ", file: link.txt", ', file: "a\\0b"', f", file: {'n' * 1500}", ", file: ../secret.txt"):
        case.write_text(f"{text}{file}}}}}\n", "utf-8")
        done = inside("check", case, "--sources", folder, cwd=tmp_path)
        assert (done.returncode, b"0 of 1 quotation found" in done.stdout) == (3, True), done


# --- options ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("deal", "two-villages", "--seed", "1", "--seed", "2"),
        ("report", "two-villages", "-o", "a.html", "--output", "b.html"),
        ("roadmap", "two-villages", "--suppose", "a=b", "--suppose", "a=c"),
        ("stability", "two-villages", "--wanted", "a=b", "--wanted", "a=c"),
    ],
)
def test_of_two_values_for_one_thing_the_last_does_not_win_silently(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = inside(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert b"more than once" in done.stderr or b"given twice" in done.stderr


def test_how_many_draws_there_are_is_said_where_it_is_not_what_was_asked(tmp_path: Path) -> None:
    assert b"128 are drawn" in inside("deal", "two-villages", "--draws", "65", cwd=tmp_path).stderr
    assert inside("deal", "two-villages", "--draws", "64", cwd=tmp_path).stderr == b""


def test_short_help() -> None:
    assert detente("-h").stdout == detente("--help").stdout
    assert detente("deal", "-h").returncode == 0


# --- interrupts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0.12, 0.2, 0.3, 0.4, 0.6])
def test_an_interrupt_is_one_word_and_a_code_whenever_it_comes(delay: float) -> None:
    # What comes before the first line of ours is Python's own, so that the wait begins there.
    code = "from detente.interrupts import await_interrupts; await_interrupts(); print('go', flush=True); from detente.cli import main; main()"
    with child(sys.executable, "-c", code, "check", "venezuela-2021") as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"go\n"
        time.sleep(delay - 0.12)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (130, b"interrupted\n") or (run.returncode == 0 and b"valid" in out)


def test_an_interrupt_in_compiled_work(tmp_path: Path) -> None:
    with child(*COMMAND, "outlook", "venezuela-2021", "--worlds", "100000") as run:
        time.sleep(8)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=5)
    assert run.returncode == 130
    assert err.splitlines()[-1] == b"interrupted"


@pytest.mark.parametrize("delay", [0, 0.3, 1.5])
def test_an_interrupt_with_workers(delay: float) -> None:
    command = (*COMMAND, "outlook", "venezuela-2021", "--draws", "64", "--worlds", "900000", "--workers", "2")
    with child(*command) as run:
        until = time.monotonic() + 120
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        while len(children.read_text().split()) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(delay)
        os.killpg(run.pid, signal.SIGINT)
        _, err = run.communicate(timeout=30)
    assert (run.returncode, err.splitlines()[-1]) == (130, b"interrupted")
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("trouble", "begins"), [("", "First run on this machine: "), ("No room.", "the num")]
)
def test_compiling_is_told_of_without_a_promise_of_a_minute(
    trouble: str, begins: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.kernels.is_cold", True)
    monkeypatch.setattr("detente.cache.trouble", lambda: trouble)
    with cli._working("Asking"):
        pass
    said = " ".join(capsys.readouterr().err.split())
    assert said.removeprefix("detente: ").startswith(begins)
    assert said.endswith(f"a few minutes on a slow machine. {trouble}".strip())
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text("utf-8").split())
    assert "takes up to a few minutes on a slow machine" in readme
