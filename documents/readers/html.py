"""HTML: the page's own text with its headings, lists and tables; menus, banners and footers stay out.

The structure comes from our walk over the tree (dom.py); which of its blocks are boilerplate is trafilatura's verdict
(A. Barbaresi, ACL 2021), asked only when the page shows signs of a site around its text, and overruled where it would
drop most of what can be seen.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.errors import UnreadableFile
from documents.readers.dom import Block, blocks_in, write_blocks
from documents.readers.encoding import decode

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["parse", "read_html", "write_html"]

_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE
)
_CHROME = frozenset(("nav", "footer", "aside"))
_CHROME_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar"))
_CHROME_NAMES = re.compile(
    r"\b(?:nav|navbar|menu|sidebar|breadcrumbs?|cookies?|consent|footer|share|sharing|social|related|newsletter|"
    r"subscribe|promo|advert\w*|ads?|skip|pagination|pager|toolbar|masthead)(?:\b|[-_])",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_TITLES = ("og:title", "twitter:title", "dc.title")
_AUTHORS = ("author", "article:author", "dc.creator", "byl")
_CREATED = ("article:published_time", "date", "dc.date", "dcterms.created", "datepublished", "pubdate")
_MODIFIED = ("article:modified_time", "og:updated_time", "dcterms.modified", "last-modified")


def read_html(data: bytes, name: str, draft: Draft) -> None:
    """Reads a page; title, author, dates and language from its head. Raises UnreadableFile when nothing parses."""
    match = _DECLARED.search(data[:4096])
    declared = (match[1] or match[2]).decode() if match else None
    write_html(decode(data, name, draft, declared), draft, name=name)


def write_html(text: str, draft: Draft, *, name: str = "") -> None:
    """Writes a page or a fragment of one."""
    root = parse(text, name)
    if root is None:
        return
    _metadata(root, draft)
    write_blocks(draft, _own_blocks(root, text))


def parse(text: str, name: str = "") -> "_Element | None":
    """The tree of a page, None where it holds nothing; external entities are never resolved."""
    from lxml import etree

    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text).replace("\x00", "")
    if not text.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except etree.ParserError as error:
        raise UnreadableFile(f"{name!r} can't be read as HTML: {error}") from error


def _own_blocks(root: "_Element", text: str) -> list[Block]:
    blocks = list(blocks_in(root))
    remarks = frozenset(node for node in root.iter("aside", "footer") if _is_remark(node))
    chrome = [_in_chrome(block, remarks) for block in blocks]
    if not any(chrome) and not _link_heavy(blocks):
        return blocks
    inner = [block for block, outside in zip(blocks, chrome, strict=True) if not outside]
    main = _trafilatura(text)
    words = sum(_words(block) for block in inner)
    kept = [_is_kept(block, main) for block in inner]
    told = sum(_words(block) for block, keep in zip(inner, kept, strict=True) if keep)
    firm = [i for i, keep in enumerate(kept) if keep and not _is_menu(inner[i])]
    if told * 2 < words or not firm:
        return [block for block in inner if not _is_menu(block)] or blocks
    first, last = firm[0], firm[-1]
    while first and inner[first - 1].kind == "heading":
        first -= 1
    middle = zip(inner[first : last + 1], kept[first : last + 1], strict=True)
    return [block for block, keep in middle if keep or not _is_menu(block)]


def _in_chrome(block: Block, remarks: frozenset["_Element"]) -> bool:
    inside_text = False
    for node in (block.element, *block.element.iterancestors()):
        inside_text = inside_text or node.tag in ("article", "main")
        if (node.tag in _CHROME and node not in remarks) or node.get("role") in _CHROME_ROLES:
            return True
        if node.tag in ("header", "form") and not inside_text and block.kind != "heading":
            return node.tag == "header" and block.linked > 0
        names = _names(node)
        if node.tag not in ("html", "body") and not inside_text and len(names) > 1 and _CHROME_NAMES.search(names):
            return block.linked > 0 or block.kind != "paragraph"
    return False


def _is_remark(node: "_Element") -> bool:
    """A note beside the text, or the source under a quotation: the elements of a page's frame serve for these too."""
    if node.tag == "footer":
        return next(node.iterancestors("blockquote"), None) is not None
    if node.tag != "aside" or next(node.iterancestors("article", "main"), None) is None:
        return False
    linked = sum(len("".join(link.itertext())) for link in node.iter("a"))
    return linked < 0.3 * len("".join(node.itertext())) and not _CHROME_NAMES.search(_names(node))


def _names(node: "_Element") -> str:
    return f"{node.get('class') or ''} {node.get('id') or ''}"


def _is_menu(block: Block) -> bool:
    """Whether nearly all of a short block is links; headings often link to themselves."""
    return block.kind not in ("table", "heading") and block.linked > 0.7 * len(block.text) and len(block.text) < 300


def _link_heavy(blocks: Sequence[Block]) -> bool:
    return sum(block.linked for block in blocks) > 0.3 * sum(len(block.text) for block in blocks)


def _words(block: Block) -> int:
    return len(block.text.split()) + sum(len(cell.split()) for row in block.rows for cell in row)


def _trafilatura(text: str) -> frozenset[tuple[str, ...]]:
    """The word triples of what trafilatura takes for the main text."""
    from trafilatura import extract

    found = extract(text, include_comments=True, include_tables=True, favor_recall=True, deduplicate=False, fast=True)
    return frozenset(_triples(found or ""))


def _triples(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return [tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))] if words else []


def _is_kept(block: Block, main: frozenset[tuple[str, ...]]) -> bool:
    triples = _triples(block.text or " ".join(" ".join(row) for row in block.rows))
    return bool(triples) and sum(triple in main for triple in triples) >= 0.5 * len(triples)


def _metadata(root: "_Element", draft: Draft) -> None:
    fields: dict[str, str] = {}
    for node in root.iter("meta"):
        key = (node.get("property") or node.get("name") or node.get("itemprop") or "").lower()
        if key and node.get("content"):
            fields.setdefault(key, node.get("content") or "")
    title = next(("".join(node.itertext()) for node in root.iter("title")), "").strip()
    draft.title = draft.title or _first(fields, _TITLES) or title or None
    author = _first(fields, _AUTHORS)
    draft.author = draft.author or (author if author and "://" not in author else None)
    draft.created = draft.created or _date(_first(fields, _CREATED))
    draft.modified = draft.modified or _date(_first(fields, _MODIFIED))
    draft.language = draft.language or root.get("lang") or None


def _first(fields: dict[str, str], keys: Sequence[str]) -> str | None:
    return next((" ".join(fields[key].split()) for key in keys if fields.get(key, "").strip()), None)


def _date(text: str | None) -> datetime | None:
    try:
        date = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None  # a date in words is not guessed at
    return date.replace(tzinfo=UTC) if date and date.tzinfo is None and date.hour else date
