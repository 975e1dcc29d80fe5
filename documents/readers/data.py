"""JSON and JSON Lines as readable lines: "key: value" with the path to the key, a record a line where it is flat.

Jupyter notebooks are JSON too, and are read as the text and code they hold.
"""

import json
import re
from collections.abc import Iterator

from documents.draft import Draft
from documents.errors import UnreadableFile
from documents.model import Problem
from documents.readers.encoding import decode
from documents.readers.lines import literal

__all__ = ["read_json", "read_jsonl"]

_SHORT = 300
_INDEX = re.compile(r"\[\d+\]")


def read_json(data: bytes, name: str, draft: Draft) -> None:
    """Reads a JSON file; text that only looks like JSON (no .json in its name) is read as text."""
    text = decode(data, name, draft)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if not name.lower().endswith((".json", ".geojson", ".ipynb")):
            from documents.readers.text import write_text

            write_text(text.replace("\r\n", "\n").replace("\r", "\n"), draft)
            return
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableFile(f"{name!r} is not valid JSON: {error.msg} at {where}. Check it there.") from error
    if isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value:
        _notebook(value["cells"], draft)
    else:
        _Writer(draft).write(value)


def read_jsonl(data: bytes, name: str, draft: Draft) -> None:
    """Reads JSON Lines: a place "row" for each record; raises UnreadableFile where no line is JSON."""
    read = failed = 0
    for number, line in enumerate(decode(data, name, draft).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            failed += 1
            draft.problems.append(Problem("other", f"line {number} is not valid JSON: {error.msg}", f"row {number}"))
            continue
        read += 1
        with draft.place("row", number):
            _Writer(draft).write(value)
    if failed and not read:
        raise UnreadableFile(f"{name!r} holds no valid line of JSON ({failed} lines tried). Check what it is.")


class _Writer:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._write = draft.block

    def write(self, value: object, path: str = "") -> None:
        """Writes a value: what belongs together in lines, each record and each long text as a block."""
        if isinstance(value, dict):
            flat = _flat(value)
            if flat is not None and path.endswith("]"):
                whose = _INDEX.sub("", path)
                self._say(f"{whose}: {flat}" if whose else flat)
                return
            if path.endswith("]") or not path:
                self._write = self._draft.block
            for key, inner in value.items():
                self.write(inner, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list):
            if not value:
                return
            if all(not isinstance(inner, dict | list) for inner in value):
                self._say(f"{path}: {', '.join(map(_shown, value))}" if path else ", ".join(map(_shown, value)))
                return
            for number, inner in enumerate(value, start=1):
                self.write(inner, f"{path}[{number}]")
        elif value is not None and value != "":
            label = "" if path.endswith("]") and "." not in path else f"{path.rpartition('].')[2] or path}: "
            self._say(f"{label}{_shown(value)}", long=isinstance(value, str) and len(value) > _SHORT)

    def _say(self, text: str, *, long: bool = False) -> None:
        paragraphs = [part for part in text.split("\n\n") if part.strip()] if long else [text]
        for paragraph in paragraphs:
            if (self._draft.block if long else self._write)(paragraph):
                self._write = self._draft.block if long else self._draft.line


def _flat(record: dict[str, object]) -> str | None:
    """A record of short values as one line, None where it holds more."""
    if any(isinstance(value, dict | list) for value in record.values()):
        return None
    text = "; ".join(f"{key}: {_shown(value)}" for key, value in record.items() if value not in (None, ""))
    return text if len(text) <= _SHORT else None


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _notebook(cells: list[object], draft: Draft) -> None:
    from documents.readers.markdown import write_markdown

    for kind, source in _sources(cells):
        if kind == "markdown":
            write_markdown(source, draft)
        else:
            draft.raw(literal(source))


def _sources(cells: list[object]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        if isinstance(cell, dict):
            source = cell.get("source") or ""
            yield (
                str(cell.get("cell_type")),
                "".join(map(str, source)) if isinstance(source, list) else str(source),
            )
