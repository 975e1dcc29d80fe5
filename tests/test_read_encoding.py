"""Encodings: marks, UTF-8, declarations, guesses; what can't be decoded is told, never dropped."""

import pytest

from documents.draft import Draft
from documents.errors import UnreadableFile
from documents.readers.encoding import decode

SAMPLES = [
    ("Le café était très bon, à côté de l’hôtel. Il a coûté 15,50 €.", "cp1252"),
    ("Die schöne Größe über den Äpfeln", "cp1252"),
    ("naïve", "latin-1"),
    ("“Smart quotes” – and dashes", "cp1252"),
    ("Zażółć gęślą jaźń, wszystko w porządku dzisiaj", "cp1250"),
    ("Привет, как дела? Это тестовый текст на русском языке.", "cp1251"),
    ("Καλημέρα κόσμε, πώς είστε σήμερα;", "cp1253"),
    ("これは日本語の文章です。東京に行きました。", "cp932"),
    ("这是一个中文文档，讲述了关于北京的故事。", "gb18030"),
    ("안녕하세요 저는 한국 사람입니다", "cp949"),
]


@pytest.mark.parametrize(("text", "encoding"), SAMPLES)
def test_guessed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt", Draft()) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", ["Plain words, nothing else.", "Größe und Maß, 15 €"])
def test_unicode_with_and_without_marks(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt", Draft()) == text


def test_a_declaration_is_believed_where_it_fits() -> None:
    data = "шум моря".encode("koi8-r")
    assert decode(data, "a.html", Draft(), "koi8-r") == "шум моря"
    assert decode("Größe".encode(), "a.html", Draft(), "iso-8859-1") == "Größe"  # it is UTF-8 whatever it says
    assert decode(b"it\x92s", "a.html", Draft(), "iso-8859-1") == "it’s"  # as browsers read it
    assert decode("Größe".encode("cp1252"), "a.html", Draft(), "no-such-encoding") == "Größe"


@pytest.mark.parametrize("declared", ["iso-2022-jp", None])
def test_japanese_mail_is_ascii_to_look_at(declared: str | None) -> None:
    text = "会議は月曜日です。"
    assert decode(text.encode("iso2022_jp"), "a.eml", Draft(), declared) == text
    assert decode(b"\x1b[1mbold\x1b[0m", "a.txt", Draft(), declared).startswith("\x1b[1mbold")


def test_a_few_foreign_bytes_in_utf8_are_told() -> None:
    draft = Draft()
    data = "Größe und Maß, Äpfel und Übermut. ".encode() * 20 + b"\xff\xfe!"
    text = decode(data, "a.txt", draft)
    assert text.startswith("Größe und Maß")
    assert text.count("\ufffd") == 2
    assert [(p.kind, "2 characters" in p.message) for p in draft.problems] == [("garbled", True)]


def test_binary_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"a\.txt.*binary"):
        decode(bytes(range(256)) * 4, "a.txt", Draft())
