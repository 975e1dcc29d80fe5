"""EPUB: the chapters in the order of the spine, each a place with its name from the table of contents."""

import posixpath
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from documents.draft import Draft
from documents.errors import ProtectedFile, UnreadableFile
from documents.readers.container import open_zip
from documents.readers.dom import blocks_in, write_blocks
from documents.readers.encoding import decode
from documents.readers.html import parse
from documents.readers.ooxml import iso_date
from documents.readers.xml_tree import local, parse_xml, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_epub"]


def read_epub(data: bytes, name: str, draft: Draft) -> None:
    """Reads a book; raises ProtectedFile for one locked by its shop, UnreadableFile, LimitExceeded."""
    with open_zip(data, name) as archive:
        members = frozenset(archive.namelist())
        if "META-INF/container.xml" not in members:
            raise UnreadableFile(f"{name!r} has no META-INF/container.xml, so it isn't an EPUB book. Fetch it again.")
        container = parse_xml(archive.read("META-INF/container.xml"), name)
        path = next((node.get("full-path") for node in container.iter() if local(node) == "rootfile"), None) or ""
        if path not in members:
            raise UnreadableFile(f"{name!r} names a package file {path!r} that it doesn't hold. Fetch it again.")
        package = parse_xml(archive.read(path), name)
        _metadata(package, draft)
        files = _spine(package, posixpath.dirname(path))
        _check_locks(archive, members, files, name)
        labels = _labels(archive, package, posixpath.dirname(path), members)
        chapter = 0
        for file in files:
            if file in members:
                chapter += _chapter(archive.read(file), name, draft, chapter + 1, labels.get(file))


def _chapter(data: bytes, name: str, draft: Draft, number: int, label: str | None) -> bool:
    """Writes one file of the book; False where it holds no text."""
    root = parse(decode(data, name, draft), name)
    blocks = [] if root is None else [block for block in blocks_in(root) if block.text.strip() or block.rows]
    if not blocks:
        return False
    label = label or next((" ".join(block.text.split()) for block in blocks if block.kind == "heading"), None)
    with draft.place("chapter", number, label):
        write_blocks(draft, blocks)
    return True


def _metadata(package: "_Element", draft: Draft) -> None:
    fields: dict[str, str] = {}
    authors: list[str] = []
    for node in package.iter():
        if local(node) in ("title", "date", "language"):
            fields.setdefault(local(node), text_of(node))
        elif local(node) == "creator":
            authors.append(text_of(node))
    draft.title = fields.get("title") or None
    draft.author = ", ".join(filter(None, authors)) or None
    draft.created = iso_date(fields.get("date"))
    draft.language = fields.get("language") or None


def _spine(package: "_Element", folder: str) -> list[str]:
    """The files of the book in reading order, its navigation page left out."""
    items = {node.get("id"): node for node in package.iter() if local(node) == "item"}
    order = (items.get(node.get("idref")) for node in package.iter() if local(node) == "itemref")
    return [
        _path(folder, item.get("href") or "")
        for item in order
        if item is not None and "nav" not in (item.get("properties") or "").split()
    ]


def _path(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _labels(archive: zipfile.ZipFile, package: "_Element", folder: str, members: frozenset[str]) -> dict[str, str]:
    """File -> its name in the table of contents (EPUB 3's nav page, EPUB 2's NCX)."""
    found: dict[str, str] = {}
    for item in (node for node in package.iter() if local(node) == "item"):
        is_nav = "nav" in (item.get("properties") or "").split()
        path = _path(folder, item.get("href") or "")
        if path not in members or not (is_nav or item.get("media-type") == "application/x-dtbncx+xml"):
            continue
        base = posixpath.dirname(path)
        root = parse_xml(archive.read(path), path)
        for node in root.iter():
            if is_nav and local(node) == "a":
                found.setdefault(_path(base, node.get("href") or ""), text_of(node))
            elif local(node) == "navPoint":
                label = next((text_of(child) for child in node if local(child) == "navLabel"), "")
                content = next((child.get("src") for child in node if local(child) == "content"), None)
                found.setdefault(_path(base, content or ""), label)
    return {path: label for path, label in found.items() if label}


def _check_locks(archive: zipfile.ZipFile, members: frozenset[str], files: list[str], name: str) -> None:
    if "META-INF/encryption.xml" not in members:
        return
    root = parse_xml(archive.read("META-INF/encryption.xml"), name)
    locked = {unquote(node.get("URI") or "") for node in root.iter() if local(node) == "CipherReference"}
    if locked & set(files):
        raise ProtectedFile(f"{name!r} is locked (DRM) by the shop it comes from. Only an unlocked copy can be read.")
