"""Bytes to characters: byte order marks, then UTF-8, then a declared encoding, then charset-normalizer's guess.

Nothing here drops a byte in silence: what no encoding explains becomes U+FFFD and a "garbled" problem.
"""

import codecs
import re

from documents.draft import Draft
from documents.errors import LimitExceeded, UnreadableFile
from documents.model import Problem

__all__ = ["MAX_TEXT_BYTES", "check_size", "decode"]

MAX_TEXT_BYTES = 64 << 20
"""The largest file of a text type that is read, in bytes."""

_SAMPLE = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPE = b"\x1b$"  # Japanese and Korean mail is ASCII to look at, with escapes that say what the letters stand for
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Windows-1252 text has letters and typographic marks above 127. A symbol between letters or a rare letter betrays
# another encoding read as it. charset-normalizer knows long texts, and fails on short Western ones.
_WESTERN = re.compile(r"[\x00-\x7fÀ-ÖØ-öø-ÿŒœŠšŽžŸ€‚„…†‡‰‹‘’“”•–—™›\u00a0¡¢£¥§©ª«®°±²³´·¹º»¼½¾¿×]*")
_ODD = re.compile(r"[^\W\d_][¡¢£¥§©®±²³´¹¼½¾¿×‚„†‡‰‹›][^\W\d_]|[a-z][À-ÖØ-Þ][a-z]|[ÐÞðþÝý×÷]|[À-ÖØ-öø-ÿ]{3}")

# HTML and mail say latin-1 or ascii and mean Windows' superset, as every browser reads them.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "euc_kr": "cp949",
}
# What people's files are in, most common first; among dozens more, charset-normalizer confuses short texts.
_CANDIDATES = (
    "cp1252", "cp1251", "cp1250", "cp932", "gb18030", "cp949", "big5", "euc_jp", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "cp874", "koi8_r", "koi8_u", "iso2022_jp", "mac_roman", "cp437", "cp850",
)  # fmt: skip


def check_size(data: bytes, name: str, limit: int = MAX_TEXT_BYTES) -> None:
    """Raises LimitExceeded when a text is longer than `limit` bytes."""
    if len(data) > limit:
        raise LimitExceeded(
            f"{name!r} holds {len(data) >> 20} MB of text; at most {limit >> 20} MB are read. Split it into parts."
        )


def decode(data: bytes, name: str, draft: Draft, declared: str | None = None) -> str:
    """The text of a file, never with a byte order mark; raises UnreadableFile for binary content, LimitExceeded."""
    check_size(data, name)
    encoding = _encoding(data, declared)
    if encoding is None:
        raise UnreadableFile(f"{name!r} is not text in any known encoding: it holds binary data. Check what it is.")
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    lost = text.count("\ufffd")
    if lost:
        draft.problems.append(Problem("garbled", f"{lost} characters are not valid {encoding} and can't be read"))
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > 4 + len(sample) // 50:
        raise UnreadableFile(f"{name!r} is not text: it holds binary data (control characters). Check what it is.")
    return text


def _encoding(data: bytes, declared: str | None) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    wide = _without_mark(data)
    if wide:
        return wide
    known = _known(declared) if declared else None
    if _ESCAPE in data and (known is None or known.startswith("iso2022")):
        for escaped in (known or "iso2022_jp", "iso2022_jp", "iso2022_kr"):
            if _fits(data, escaped):
                return escaped
    if _is_utf8(data):
        return "utf-8"
    if known and _fits(data, known):
        return known
    return _guess(data)


def _without_mark(data: bytes) -> str | None:
    """UTF-16 with no mark shows as zero bytes on one side of most pairs."""
    sample = data[: _SAMPLE & ~1]
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros > pairs * 0.4 and others < pairs * 0.05 and _fits(data[: len(data) & ~1], name):
            return name
    return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # A log or a mail archive with a few foreign bytes is still UTF-8 when most of its non-ASCII is.
        text = data[: _SAMPLE * 16].decode("utf-8", errors="replace")
        lost, others = text.count("\ufffd"), sum(not c.isascii() for c in text)
        return 0 < lost * 10 < others
    return True


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name.strip()).name
    except LookupError:
        return None
    return _SUPERSETS.get(found, found)


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    if data[:_SAMPLE].count(0) * 100 > len(data[:_SAMPLE]):
        return None
    # The sample is taken around bytes that aren't ASCII: the first pages of a file often are.
    first = next((i for i, byte in enumerate(data) if byte > 127), 0)
    low = max(0, first - _SAMPLE // 4)
    sample = data[low : low + _SAMPLE]
    if _fits(sample, "cp1252"):
        western = sample.decode("cp1252")
        if _WESTERN.fullmatch(western) and not _ODD.search(western):
            return "cp1252"
    match = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    if match is None:
        # Plain text with a few damaged bytes is still worth reading; more of them are binary data.
        damaged = sum(byte > 127 or byte < 9 for byte in sample)
        return "cp1252" if _fits(data, "cp1252") else "utf-8" if damaged * 20 < len(sample) else None
    return _SUPERSETS.get(codecs.lookup(match.encoding).name, match.encoding)
