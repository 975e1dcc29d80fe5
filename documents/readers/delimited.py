"""CSV and its kin: encoding and delimiter found out, each row a line with its columns' names."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from documents.draft import Draft
from documents.errors import UnreadableFile
from documents.readers.encoding import decode
from documents.readers.grid import Row, write_grid

__all__ = ["read_delimited"]

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 60
_FIELD_LIMIT = 1 << 20
_TOLD = re.compile(r"""["']?sep=([,;\t|])["']?\r?\n""", re.IGNORECASE)  # a first line that Excel reads and doesn't show


def read_delimited(data: bytes, name: str, draft: Draft) -> None:
    """Reads delimited text; a row's place is its number as a spreadsheet would show it, from 1."""
    text = decode(data, name, draft)
    told = _TOLD.match(text)
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        usual = "\t" if name.lower().endswith((".tsv", ".tab")) else ","
        write_grid(draft, _rows(text, told[1] if told else _delimiter(text, usual), skipped=1 if told else 0))
    except csv.Error as error:
        raise UnreadableFile(f"{name!r} can't be read as CSV: {error}. Check its quotes and delimiters.") from error


def _rows(text: str, delimiter: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for number, row in enumerate(islice(reader, skipped, None), start=skipped + 1):
        cells = {column: " ".join(cell.split()) for column, cell in enumerate(row)}
        yield Row(number, {column: cell for column, cell in cells.items() if cell})


def _delimiter(text: str, usual: str) -> str:
    """The delimiter that splits the first rows into the most columns of the same number."""
    sample = "\n".join(text[: 1 << 16].splitlines()[:_SAMPLE_ROWS])
    scores = {}
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        usual_width = max(set(widths), key=widths.count, default=1)
        agree = sum(width == usual_width for width in widths) / max(len(widths), 1)
        scores[delimiter] = (agree * (usual_width > 1), usual_width, delimiter == usual)
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best][0] else usual
