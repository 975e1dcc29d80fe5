"""Mail: who, when and about what as lines, the body without its wrapping, attachments as documents of their own."""

import email
import email.policy
import email.utils
import mimetypes
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage, Message

from documents.draft import Draft, Member
from documents.errors import UnreadableFile
from documents.readers.encoding import check_size, decode
from documents.readers.lines import blocks_of, join_wrapped, wrap_width, write_lines

__all__ = ["MAX_MAIL_BYTES", "read_mail", "read_mailbox", "write_mail"]

MAX_MAIL_BYTES = 256 << 20
"""The largest mail or mailbox that is read, in bytes."""

_FIELDS = ("From", "To", "Cc", "Date", "Subject")
_QUOTE = re.compile(r"^((?:>\s?)+)")
_FLOWED_QUOTE = re.compile(r">+")
_SEPARATOR = re.compile(rb"(?m)^From [^\r\n]*\d{4}[^\r\n]*\r?\n")
_MEANT_FOR_HTML = 0.6


def read_mail(data: bytes, name: str, draft: Draft) -> None:
    """Reads an RFC 5322 message, and web archives (MHTML), which have the same form."""
    check_size(data, name, MAX_MAIL_BYTES)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:64]:
        data = decode(data, name, draft).encode("utf-8", errors="surrogateescape")
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not message.keys():
        raise UnreadableFile(f"{name!r} has no mail header (From:, To:, Subject:). Check what it is.")
    fields = [(field, _header(message, field)) for field in _FIELDS]
    try:
        draft.created = email.utils.parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError):
        draft.created = None
    parts = list(_bodies(message))
    plain = "\n\n".join(_text(part, name, draft) for part in parts if part.get_content_type() == "text/plain")
    html = "\n".join(_text(part, name, draft) for part in parts if part.get_content_type() == "text/html")
    write_mail(draft, fields, plain, html)
    draft.members += _attachments(message, parts)


def read_mailbox(data: bytes, name: str, draft: Draft) -> None:
    """Reads an mbox file: every message becomes a document of its own."""
    check_size(data, name, MAX_MAIL_BYTES)
    cuts = [*_SEPARATOR.finditer(data)]
    ends = [*(cut.start() for cut in cuts[1:]), len(data)]
    for number, (cut, end) in enumerate(zip(cuts, ends, strict=True), start=1):
        draft.members.append(Member.holding(f"message-{number:05}.eml", data[cut.end() : end]))


def write_mail(draft: Draft, fields: Sequence[tuple[str, str]], plain: str, html: str) -> None:
    """Writes the header's fields as lines and the body: the plain one, or HTML's where that says much more."""
    from documents.readers.dom import blocks_in, write_blocks
    from documents.readers.html import parse

    known = dict(fields)
    draft.title = known.get("Subject") or None
    draft.author = known.get("From") or None
    write = draft.block
    for field, text in fields:
        if text and write(f"{field}: {text}"):
            write = draft.line
    root = parse(html) if html.strip() else None
    if root is not None:
        blocks = list(blocks_in(root))
        if len(plain.split()) < _MEANT_FOR_HTML * sum(len(block.text.split()) for block in blocks):
            write_blocks(draft, blocks)
            return
    _write_plain(draft, plain)


def _write_plain(draft: Draft, text: str) -> None:
    blocks = blocks_of(text.replace("\r\n", "\n").replace("\r", "\n"))
    parts = [part for block in blocks for part in _by_quote(block)]
    width = wrap_width([lines for _, lines in parts])
    for quote, lines in parts:
        joined = join_wrapped(lines, width)
        write_lines(draft, [f"{quote} {line.strip()}" for line in joined] if quote else joined)


def _by_quote(block: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The runs of lines quoted equally deep: (">>" or "", lines without the marks)."""
    depth, lines = "", list[str]()
    for line in block:
        marks = _QUOTE.match(line)
        quote = re.sub(r"\s", "", marks[1]) if marks else ""
        rest = line[marks.end() :] if marks else line
        if lines and (quote != depth or not rest):
            yield depth, lines
            lines = []
        depth = quote
        if rest:
            lines.append(rest)
    if lines:
        yield depth, lines


def _header(message: Message, field: str) -> str:
    try:
        text = str(message.get(field) or "")
    except (ValueError, IndexError, AttributeError):  # a header the standard library's parser gives up on
        return ""
    return " ".join((_decoded(message, field) if "\ufffd" in text else text).split())


def _decoded(message: Message, field: str) -> str:
    """A header whose letters nobody encoded, as programs send them."""
    raw = next((value for key, value in message.raw_items() if key.lower() == field.lower()), "")
    try:
        return decode(str(raw).encode("utf-8", "surrogateescape"), field, Draft())
    except UnreadableFile:
        return ""


def _bodies(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that are the message's own text."""
    for part in message.walk():
        attached = part.get_content_disposition() == "attachment" or part.get_filename()
        if part.get_content_type() in ("text/plain", "text/html") and not attached and isinstance(part, EmailMessage):
            yield part
        if part is not message and part.get_content_type() == "message/rfc822":
            return


def _text(part: EmailMessage, name: str, draft: Draft) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return ""
    text = decode(payload, name, draft, part.get_content_charset())
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    return _unflowed(text, delete=str(part.get_param("delsp", "")).lower() == "yes")


def _unflowed(text: str, *, delete: bool) -> str:
    """Text whose lines go on where they end in a space (RFC 3676), each paragraph on one line."""
    lines: list[list[str]] = []
    depth, flows = "", False
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = _FLOWED_QUOTE.match(line)
        quote = marks[0] if marks else ""
        line = line[len(quote) :].removeprefix(" ")
        if flows and line and quote == depth and line != "-- ":  # a blank line ends a paragraph all the same
            lines[-1].append(line)
        else:
            lines.append([f"{quote} {line}" if quote else line])
        depth, flows = quote, line.endswith(" ") and line != "-- "
        if flows and delete:
            lines[-1][-1] = lines[-1][-1][:-1]
    return "\n".join(map("".join, lines))


def _attachments(message: EmailMessage, bodies: Sequence[EmailMessage]) -> Iterator[Member]:
    for number, part in enumerate(_attached(message, bodies), start=1):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            data = inner.as_bytes() if isinstance(inner, Message) else b""
        else:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
        suffix = ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind) or ".bin"
        label = (part.get_filename() or f"attachment-{number}{suffix}").replace("\x00", "")
        yield Member.holding(label, data)


def _attached(message: Message, bodies: Sequence[Message]) -> Iterator[Message]:
    """Leaf parts that aren't the text; pictures shown inside it are left out."""
    payload = message.get_payload()
    for part in payload if message.is_multipart() and isinstance(payload, list) else ():
        if not isinstance(part, Message):
            continue
        if part.get_content_maintype() == "multipart":
            yield from _attached(part, bodies)
        elif not any(part is body for body in bodies):
            inline = part.get("Content-ID") and part.get_content_disposition() != "attachment"
            if not (inline and part.get_content_maintype() == "image"):
                yield part


def sent(date: datetime | None) -> str:
    """A date as mail headers write it, "" for none."""
    return email.utils.format_datetime(date) if date else ""
