"""Outlook's MSG files by python-oxmsg: as mail.py writes them."""

import email.header
from typing import TYPE_CHECKING

from documents.draft import Draft, Member
from documents.errors import UnreadableFile
from documents.readers.mail import sent, write_mail

if TYPE_CHECKING:
    from oxmsg import Message
    from oxmsg.properties import Properties

__all__ = ["read_outlook"]


def read_outlook(data: bytes, name: str, draft: Draft) -> None:
    """Reads a message with its attachments; raises UnreadableFile."""
    from olefile.olefile import OleFileError
    from oxmsg import Message
    from oxmsg.domain.model import UnrecognizedCodePageError

    try:
        _write(Message.load(data), draft)
    except (OleFileError, UnrecognizedCodePageError, UnicodeDecodeError, LookupError) as error:
        raise UnreadableFile(f"{name!r} is a damaged Outlook message ({error}). Save it again, or as EML.") from error


def _write(message: "Message", draft: Draft) -> None:
    headers = {key.lower(): _decoded(text) for key, text in message.message_headers.items()}
    people = ", ".join(_person(person.name, person.email_address) for person in message.recipients)
    draft.created = message.sent_date
    fields = [
        ("From", _sender(message.properties) or headers.get("from", "")),
        ("To", people.strip(", ") or headers.get("to", "")),
        ("Cc", headers.get("cc", "")),
        ("Date", headers.get("date") or sent(message.sent_date)),
        ("Subject", message.subject),
    ]
    write_mail(draft, fields, message.body or "", message.html_body or "")
    for number, attachment in enumerate(message.attachments, start=1):
        label = attachment.file_name or f"attachment-{number}.bin"
        draft.members.append(Member.holding(label, attachment.file_bytes or b""))


def _sender(properties: "Properties") -> str:
    """Who sent it, as Outlook stored it: a header of a draft or a forwarded mail names somebody else, or nobody."""
    from oxmsg.domain import constants

    address = properties.str_prop_value(constants.PID_SENDER_SMTP_ADDRESS) or ""
    if "@" not in address:  # an Exchange address ("/O=…") is no address to anyone outside
        address = properties.str_prop_value(constants.PID_SENDER_EMAIL_ADDRESS) or ""
    return _person(properties.str_prop_value(constants.PID_SENDER_NAME) or "", address if "@" in address else "")


def _person(name: str, address: str) -> str:
    name = name.strip()
    return f"{name} <{address}>" if name and address and name != address else name or address


def _decoded(text: str) -> str:
    """A header with its encoded words (RFC 2047) decoded."""
    return " ".join(str(email.header.make_header(email.header.decode_header(text))).split())
