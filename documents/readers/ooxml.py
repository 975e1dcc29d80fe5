"""The package behind DOCX, PPTX and XLSX: parts, the relations between them, and what the file says of itself."""

import posixpath
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.errors import UnreadableFile
from documents.readers.container import open_zip
from documents.readers.xml_tree import local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Package", "iso_date"]


class Package:
    """An Office Open XML package, opened within limits (container.py)."""

    def __init__(self, data: bytes, name: str) -> None:
        self._archive = open_zip(data, name)
        self._name = name
        self.parts = frozenset(self._archive.namelist())

    def read(self, part: str) -> bytes:
        """The bytes of a part; raises UnreadableFile where it is missing."""
        try:
            return self._archive.read(part)
        except KeyError as error:
            raise UnreadableFile(f"{self._name!r} has no part {part!r}. Save it again.") from error

    def xml(self, part: str) -> "_Element":
        """The root of a part; raises UnreadableFile where it is missing or damaged."""
        return parse_xml(self.read(part), f"{self._name}!/{part}")

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The part's relations to other parts: id -> (kind, part); kind is the last word of the type."""
        folder, _, file = part.rpartition("/")
        path = f"{folder}/_rels/{file}.rels".lstrip("/")
        if path not in self.parts:
            return {}
        found = {}
        for node in self.xml(path):
            target = node.get("Target") or ""
            if node.get("TargetMode") != "External":
                whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                found[node.get("Id") or ""] = ((node.get("Type") or "").rpartition("/")[2], whole.lstrip("/"))
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """The existing parts of one kind that a part points at."""
        return [target for known, target in self.relations(part).values() if known == kind and target in self.parts]

    def main(self, usual: str) -> str:
        """The main part, by the package's relations, else the usual one."""
        return next(iter(self.related("", "officeDocument")), usual)

    def properties(self, draft: Draft) -> None:
        """Title, author, dates and language from docProps/core.xml, where there are any."""
        part = next(iter(self.related("", "core-properties")), "docProps/core.xml")
        if part not in self.parts:
            return
        fields = {local(node): (node.text or "").strip() for node in self.xml(part)}
        draft.title = fields.get("title") or None
        draft.author = fields.get("creator") or None
        draft.created = iso_date(fields.get("created"))
        draft.modified = iso_date(fields.get("modified"))
        draft.language = fields.get("language") or None


def iso_date(text: str | None) -> datetime | None:
    """A date in ISO form, in UTC where it names no zone; None where there is none or it isn't one."""
    try:
        date = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date and date.tzinfo is None else date
