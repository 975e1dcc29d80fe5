"""Every file of the shared set of formats is read: its expected words are in our text, in the same order.

Run with FOOTNOTE_FORMATS_TABLE=PATH to have the table of scores written there.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from documents.errors import DocumentError, ProtectedFile
from documents.load import load

LEAST = 0.95
MUST_FAIL = {"password.pdf": ProtectedFile, "password_protected.xlsx": ProtectedFile}
MAY_BE_EMPTY = {"mime-no-body.eml", "fake-power-point-malformed.pptx"}


def words(text: str) -> list[str]:
    plain = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    return re.findall(r"\w+", re.sub(r"\\([_*#\[\]`])", r"\1", plain).lower())  # "\_" is Markdown for "_"


def in_order(expected: list[str], found: list[str]) -> int:
    """Length of the longest common subsequence, by Hunt and Szymanski's method (CACM 1977)."""
    places: dict[str, list[int]] = {}
    for i, word in enumerate(found):
        places.setdefault(word, []).append(i)
    ends: list[int] = []  # ends[k]: the earliest place where a common subsequence of k + 1 words can end
    for word in expected:
        for place in reversed(places.get(word, [])):
            low = next((k for k in range(len(ends) - 1, -1, -1) if ends[k] < place), -1) + 1
            ends[low : low + 1] = [place]
    return len(ends)


def share(expected: str, found: str) -> float:
    wanted = words(expected)
    return in_order(wanted, words(found)) / len(wanted) if wanted else 1.0


def test_common_subsequence() -> None:
    assert in_order(list("abcbdab"), list("bdcaba")) == 4  # bcba
    assert in_order(list("abc"), list("cba")) == 1
    assert in_order([], list("ab")) == 0
    assert share("One two, three.", "one x two") == pytest.approx(2 / 3)


def rows(shared: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "data/formats-a/docs.jsonl").read_text("utf-8").splitlines()]


def test_every_file_of_the_set(shared: Path) -> None:
    table, wrong = [], []
    for row in rows(shared):
        name = str(row["id"])
        verdict, good = check(shared / "data/formats-a" / str(row["file"]), row)
        table.append(f"| {name} | {row['format']} | {verdict} |")
        wrong += [] if good else [f"{name}: {verdict}"]
    text = "\n".join(["| file | format | words in order |", "|---|---|---|", *table])
    print(text)
    if os.environ.get("FOOTNOTE_FORMATS_TABLE"):
        Path(os.environ["FOOTNOTE_FORMATS_TABLE"]).write_text(text + "\n", "utf-8")
    assert not wrong, "\n".join(wrong)


def check(path: Path, row: dict[str, Any]) -> tuple[str, bool]:
    """(what the table says, whether it is good enough)."""
    failure = MUST_FAIL.get(path.name)
    try:
        documents = load(path)
    except DocumentError as error:
        said = path.name in str(error)
        return f"fails: {type(error).__name__}", failure is not None and isinstance(error, failure) and said
    if failure is not None:
        return "must fail and does not", False
    text = documents[0].text
    missing = [wanted for wanted in row.get("must_contain") or () if " ".join(wanted.split()) not in text]
    if missing:
        return f"lacks {missing}", False
    if not row["text"]:
        return "must-haves there", bool(text) or path.name in MAY_BE_EMPTY
    found = share(str(row["text"]), text)
    return f"{found:.1%}", found >= LEAST
