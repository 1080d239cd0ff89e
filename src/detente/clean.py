"""What untrusted text may contain once it is shown: letters, signs and spaces, nothing that acts.

Case files are written by strangers. A terminal obeys escape sequences, and readers of both terminal and page
can be deceived by characters that reorder or hide text (Boucher and Anderson 2023, "Trojan Source: invisible
vulnerabilities", USENIX Security). Nothing that acts on the display survives; what is merely strange does.

Words are shown :func:`clean`; a message about what is wrong with a file repeats it :func:`visible`, so that what
is wrong can be seen. Both are :func:`bounded`, and put into the signs that a stream has (:func:`encodable`).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["LONGEST", "bounded", "clean", "clean_line", "encodable", "visible"]

LONGEST = 1_000
"""Letters of one message; of a line, a message behind its place, twice as many."""

_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC and other strings
    r"|\x1b[ -/]*[0-~]"  # short escapes
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI in its 8-bit form
)
_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff\ufffe\uffff]")
_PLAIN_SIGNS = {
    "✓": "+",
    "✗": "x",
    "−": "-",
    "±": "+/-",
    "≤": "<=",
    "≥": ">=",
    "×": "x",
    "–": "-",
    "—": "-",
    "→": "->",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "·": "|",
}


def clean(text: str) -> str:
    r"""``text`` without escape sequences, control characters (but ``\n``), bidi controls and hidden ones.

    Joiners that Persian and Indic scripts need (U+200C, U+200D) stay. Lone surrogates, which no file could
    hold, become U+FFFD.
    """
    text = _SEQUENCES.sub("", text)
    text = _BREAKS.sub("\n", text).replace("\t", " ")
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _INVISIBLE.sub("", text))


def clean_line(text: str) -> str:
    """Like :func:`clean`, on a single line."""
    return " ".join(clean(text).split("\n")).strip()


def visible(text: str) -> str:
    """A text with whatever is not a visible character, or a space, as its escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def bounded(text: str, most: int) -> str:
    """``text``, its middle left out where it has more than ``most`` letters."""
    left_out = len(text) - most
    if left_out <= 0:
        return text
    return f"{text[: most // 2]} … {left_out:,} letter{'s' if left_out > 1 else ''} left out … {text[len(text) - most // 2 :]}"


def encodable(text: str, encoding: str) -> str:
    """``text`` with the nearest signs that ``encoding`` has: -> for an arrow, e for é, ? at the worst."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_nearest(letter, encoding) for letter in text)
    return text


def _nearest(letter: str, encoding: str) -> str:
    for tried in (letter, _PLAIN_SIGNS.get(letter, ""), unicodedata.normalize("NFKD", letter)[:1]):
        try:
            tried.encode(encoding)
        except UnicodeEncodeError:
            continue
        if tried:
            return tried
    return "?"
