"""Spreadsheets: XLSX and XLSM by openpyxl (sparse, so empty claims cost nothing), XLS, XLSB and ODS by calamine."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.errors import ProtectedFile, UnreadableFile
from documents.model import Problem
from documents.readers.grid import MAX_CELLS, Row, write_grid
from documents.readers.ooxml import Package
from documents.readers.sheet_extras import Extras, sheet_parts
from documents.readers.sheet_values import shown

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

__all__ = ["read_encrypted", "read_sheet"]

_DEFAULT_NAME = re.compile(r"(?:Sheet|Tabelle|Feuil|Feuille|Hoja|Foglio|Blad|Planilha|Ark|Лист|シート|工作表)\s?\d*")
_LAST_ROW = 1 << 20  # a row number beyond what a sheet can hold would be counted up to


def read_encrypted(data: bytes, name: str, draft: Draft) -> None:
    """Raises ProtectedFile: an office file inside an encrypted package."""
    raise ProtectedFile(f"{name!r} is protected by a password. Save a copy without one and add that.")


def read_sheet(data: bytes, name: str, draft: Draft) -> None:
    """Reads every sheet of a workbook: a line a row, with places for sheets and rows.

    Numbers are as stored (5, not 5.0) with the unit the cell shows, percentages as shown, dates in ISO form with the
    time where the cell shows one.
    Raises ProtectedFile, UnreadableFile, LimitExceeded.
    """
    if data.startswith(b"PK"):
        package = Package(data, name)
        if "xl/workbook.xml" in package.parts:
            package.properties(draft)
            _read_openpyxl(data, name, package, draft)
            return
    _read_calamine(data, name, draft)


def _write_sheet(draft: Draft, number: int, label: str, rows: Iterable[Row], extras: Extras) -> None:
    filled = iter(rows)
    first = next(filled, None)
    if first is None:
        draft.problems.append(Problem("empty_sheet", f"the sheet {label!r} is empty", label))
        return
    with draft.place("sheet", number, label):
        if not _DEFAULT_NAME.fullmatch(label):
            draft.heading(label, 2)
        write_grid(draft, chain((first,), filled), extras.spans)
        for row, comment in extras.comments:
            with draft.place("row", row):
                draft.block(comment)


def _read_openpyxl(data: bytes, name: str, package: Package, draft: Draft) -> None:
    import warnings

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of extensions it doesn't know; no text is in them
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        except (InvalidFileException, KeyError, TypeError, ValueError):
            _read_calamine(data, name, draft)  # odd styles or parts, which calamine never looks at
            return
        parts = sheet_parts(package)
        for number, sheet in enumerate(book.worksheets, start=1):
            sheet.reset_dimensions()
            extras = Extras.of(package, parts.get(sheet.title, ""))
            if extras.uncounted:
                said = f"the sheet {sheet.title!r} has formulas without a stored result ({extras.uncounted})"
                advice = "Open the file in a spreadsheet program and save it there."
                draft.problems.append(Problem("other", f"{said}. {advice}", sheet.title))
            _write_sheet(draft, number, sheet.title, extras.filled(_cells(sheet.iter_rows(max_row=_LAST_ROW))), extras)


def _cells(rows: Iterable[tuple["Cell", ...]]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        filled = {}
        for column, cell in enumerate(row):
            value = cell.value
            if value is not None:
                text = value if isinstance(value, str) else shown(value, cell.number_format or "")
                text = " ".join(text.split())
                if text:
                    filled[column] = text
        if filled:
            yield Row(number, filled)


def _read_calamine(data: bytes, name: str, draft: Draft) -> None:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, label in enumerate(book.sheet_names, start=1):
            sheet = book.get_sheet_by_name(label)
            if sheet.height * sheet.width > 50 * MAX_CELLS:
                draft.problems.append(Problem("truncated", f"the sheet {label!r} claims too many cells to read", label))
                continue
            _write_sheet(draft, number, label, _plain(sheet.iter_rows()), Extras())
    except PasswordError as error:
        raise ProtectedFile(f"{name!r} is protected by a password. Save a copy without one.") from error
    except CalamineError as error:
        raise UnreadableFile(f"{name!r} is a damaged spreadsheet ({error}). Save it again, or as CSV.") from error
    except BaseException as error:
        # A panic of the Rust code below calamine, on a file cut short, is no Exception and has no importable name.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(f"{name!r} is a damaged spreadsheet ({error}). Save it again, or as CSV.") from error


def _plain(rows: Iterable[Sequence[object]]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        cells = {i: " ".join(shown(cell, "").split()) for i, cell in enumerate(row) if cell not in ("", None)}
        cells = {column: cell for column, cell in cells.items() if cell}
        if cells:
            yield Row(number, cells)
