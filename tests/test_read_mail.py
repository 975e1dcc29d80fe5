"""Mail: header fields as lines, the right body, its wrapping undone, attachments as documents."""

import textwrap
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from documents.load import load_bytes

LONG = (
    "The committee met on Tuesday and heard three reports about the harbour, and it agreed to repair the northern wall "
    "before winter and to ask the county for a grant."
)
WRAPPED = textwrap.fill(LONG, 70)


def message(plain: str | None = "Hello.", html: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ann Lée <ann@example.org>", "bo@example.org"
    mail["Subject"], mail["Date"] = "The wall – costs", "Mon, 06 May 2024 07:08:09 +0000"
    if plain is not None:
        mail.set_content(plain)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail


def text_of(mail: EmailMessage) -> str:
    return load_bytes(mail.as_bytes(), "mail.eml")[0].text


def test_header_and_body() -> None:
    (document,) = load_bytes(message().as_bytes(), "mail.eml")
    assert document.text.split("\n") == [
        "From: Ann Lée <ann@example.org>",
        "To: bo@example.org",
        "Date: Mon, 06 May 2024 07:08:09 +0000",
        "Subject: The wall – costs",
        "",
        "Hello.",
    ]
    assert (document.title, document.author) == ("The wall – costs", "Ann Lée <ann@example.org>")
    assert document.created == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_wrapping_is_undone_and_quotes_stay_quotes() -> None:
    quoted = "\n".join(f"> {line}" for line in WRAPPED.split("\n"))
    text = text_of(message(f"{WRAPPED}\n\nOn Monday Bo wrote:\n{quoted}\n\n- one\n- two\n"))
    assert text.split("\n\n")[1:] == [LONG, "On Monday Bo wrote:", f"> {LONG}", "one\ntwo"]


def test_flowed_lines_are_joined_as_their_sender_meant() -> None:
    body = "The wall is \nhigh.\nIt leans.\n> Is it \n> safe?\n>> Ask.\n-- \nAnn\n"
    mail = message(body)
    mail.set_param("format", "flowed")
    assert text_of(mail).split("\n\n", 1)[1].split("\n") == [
        "The wall is high.",
        "It leans.",
        "",
        "> Is it safe?",
        "",
        ">> Ask.",
        "",
        "--",
        "Ann",
    ]
    mail = message("Dear Ann, \n\nThe contract \nends. \n\n> Does \n> \n> it?\n")
    mail.set_param("format", "flowed")
    assert text_of(mail).split("\n\n")[1:] == ["Dear Ann,", "The contract ends.", "> Does", "> it?"]
    mail = message("A Chinese or Thai te \nxt may be cut in a word.\n")
    mail.set_param("format", "flowed")
    mail.set_param("delsp", "yes")
    assert text_of(mail).endswith("A Chinese or Thai text may be cut in a word.")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_subject_that_nobody_encoded(encoding: str) -> None:
    data = "From: Ann Größe <a@example.org>\r\nSubject: Maß und\r\n Größe\r\n\r\nHello.\r\n".encode(encoding)
    (document,) = load_bytes(data, "mail.eml")
    assert (document.title, document.author) == ("Maß und Größe", "Ann Größe <a@example.org>")


def test_the_plain_body_unless_the_other_says_much_more() -> None:
    html = f"<p>{LONG}</p><table><tr><th>Town</th><th>Cost</th></tr><tr><td>Ulm</td><td>3</td></tr></table>"
    assert text_of(message(LONG, html)).endswith(LONG)
    assert text_of(message("See the HTML version.", html)).endswith("Town | Cost\nTown: Ulm; Cost: 3")
    only_html = message(None)
    only_html.set_content(html, subtype="html")
    assert "Town: Ulm; Cost: 3" in text_of(only_html)


def test_attachments_are_documents_of_their_own() -> None:
    mail = message()
    mail.add_attachment(b"Town,Cost\nUlm,3\n", maintype="text", subtype="csv", filename="costs.csv")
    mail.add_attachment(
        message("Inner words.").as_bytes(), maintype="application", subtype="octet-stream", filename="old.eml"
    )
    mail.add_attachment(b"\x7fELF" + bytes(60), maintype="application", subtype="octet-stream", filename="tool.bin")
    forwarded = message("Forwarded words.")
    mail.add_attachment(forwarded)
    documents = load_bytes(mail.as_bytes(), "mail.eml", source="/in/mail.eml")
    assert [d.source for d in documents] == [
        "/in/mail.eml",
        "/in/mail.eml!/costs.csv",
        "/in/mail.eml!/old.eml",
        "/in/mail.eml!/attachment-4.eml",
    ]
    assert "Inner words." not in documents[0].text
    assert documents[3].text.endswith("Forwarded words.")
    assert [(p.kind, p.place) for p in documents[0].problems] == [("attachment_skipped", "tool.bin")]


def test_attachments_of_one_name_are_two_documents() -> None:
    mail = EmailMessage()
    mail.set_content("Both notes are here.")
    for said in ("The ferry sails at noon.", "The mill is closed."):
        mail.add_attachment(said.encode(), maintype="text", subtype="plain", filename="note.txt")
    found = {d.source: d.text.strip() for d in load_bytes(bytes(mail), "mail.eml")}
    assert found["mail.eml!/note.txt"] == "The ferry sails at noon."
    assert found["mail.eml!/note (2).txt"] == "The mill is closed."


def test_pictures_shown_in_the_text_are_no_attachments() -> None:
    mail = message("Hello.", '<p>Hello.<img src="cid:logo"></p>')
    mail.get_payload()[1].add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<logo>")  # type: ignore[union-attr]
    (document,) = load_bytes(mail.as_bytes(), "mail.eml")
    assert document.problems == ()


def test_odd_headers_and_encodings() -> None:
    raw = (
        b"From: =?utf-8?b?w4TDpA==?= <a@b.c>\nTo: undisclosed\nDate: not a date\nSubject: s\n"
        b"Content-Type: text/plain; charset=no-such\n\nGr\xf6\xdfe\n"
    )
    (document,) = load_bytes(raw, "mail.eml")
    assert document.text.startswith("From: Ää <a@b.c>")
    assert document.text.endswith("Größe")
    assert document.created is None


def test_mailboxes() -> None:
    one, two = (b"From x Mon May  6 07:08:09 2024\n" + message(words).as_bytes() for words in ("First.", "Second."))
    documents = load_bytes(one + b"\n" + two, "all.mbox")
    assert [d.source for d in documents] == ["all.mbox!/message-00001.eml", "all.mbox!/message-00002.eml"]
    assert [d.text.rpartition("\n")[2] for d in documents] == ["First.", "Second."]
