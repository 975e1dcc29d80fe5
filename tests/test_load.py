"""Loading: the type is decided by content, limits hold, errors name the file, and every offset fits the text."""

import gzip
import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import EmptyDocument, LimitExceeded, ProtectedFile, UnreadableFile, UnsupportedFile
from documents.load import load, load_bytes, read_path, source_name, supported_suffixes
from documents.model import Document
from documents.registry import READERS

PROSE = b"A sentence about ducks. Another one about geese."


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()


def offsets_fit(document: Document) -> None:
    at = 0
    for section in document.sections:
        assert section.start == at <= section.body <= section.end
        at = section.end
    assert at == len(document.text)
    assert all(0 <= place.start <= place.end <= len(document.text) for place in document.places)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv", "a.py", "a.xml.txt"])
@settings(deadline=None)
@given(text=st.text(max_size=400))
def test_any_text_gives_offsets_that_fit_or_a_clear_error(name: str, text: str) -> None:
    try:
        documents = load_bytes(text.encode("utf-8", errors="surrogatepass"), name)
    except (EmptyDocument, UnreadableFile, UnsupportedFile) as error:
        assert name in str(error)
        return
    for document in documents:
        offsets_fit(document)
        assert document.text == document.text.strip("\n")
        assert "\r" not in document.text
        assert "\x00" not in document.text


@settings(deadline=None)
@given(
    data=st.binary(max_size=300), name=st.sampled_from(["a.txt", "a.docx", "a.xlsx", "a.eml", "a.json", "a.rtf", "a"])
)
def test_any_bytes_give_documents_or_a_clear_error(data: bytes, name: str) -> None:
    try:
        documents = load_bytes(data, name)
    except (EmptyDocument, UnreadableFile, UnsupportedFile, LimitExceeded) as error:
        assert name in str(error)
        return
    for document in documents:
        offsets_fit(document)


def test_identity_is_the_hash_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "ducks.txt"
    path.write_bytes(PROSE)
    (document,) = load(path)
    assert document.id == hashlib.sha256(PROSE).hexdigest()
    assert (document.source, document.size, document.title) == (str(path), len(PROSE), "ducks")
    assert load(path, source="elsewhere")[0].source == "elsewhere"


@pytest.mark.parametrize(
    ("data", "name", "media"),
    [
        (b"<!DOCTYPE html><html><body><p>Hi there.</p></body></html>", "page.txt", "text/html"),
        (b"<html><body><p>Hi there.</p></body></html>", "page", "text/html"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi there.\n", "cues.txt", "text/vtt"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHi there.\n", "cues.txt", "application/x-subrip"),
        (b'{"greeting": "Hi there."}', "data.txt", "application/json"),
        (b"{\\rtf1 Hi there.}", "letter.doc", "application/rtf"),
        (b"From: a@b.c\nTo: d@e.f\nSubject: s\nDate: x\n\nHi there.\n", "mail.txt", "message/rfc822"),
        (b"# Hi\n\nthere.", "notes.md", "text/markdown"),
        (b"<html> is a tag, said there.", "notes.md", "text/markdown"),
        (b"print('Hi there.')\n", "page.py", "text/x-source"),
        ("Hi there, große Welt.".encode("utf-16-le"), "wide.txt", "text/plain"),
        ("Hi there, große Welt.".encode("utf-16-le"), "wide", "text/plain"),
    ],
)
def test_content_decides_the_type_before_the_suffix(data: bytes, name: str, media: str) -> None:
    (document,) = load_bytes(data, name)
    assert document.media_type == media
    assert "there" in document.text


def test_text_that_only_looks_like_json_is_text() -> None:
    (document,) = load_bytes(b'["ducks", said the fox]', "notes.txt")
    assert document.text == '["ducks", said the fox]'


@pytest.mark.parametrize(
    ("data", "name", "error", "says"),
    [
        (b"", "none.txt", EmptyDocument, "0 bytes"),
        (b" \n\t\n", "blank.txt", EmptyDocument, "no text"),
        (bytes(range(256)) * 40, "junk.txt", UnreadableFile, "binary data"),
        (b"\x7fELF" + bytes(200), "tool.txt", UnsupportedFile, "executable"),
        (b"Rar!\x1a\x07\x00", "old.rar", UnsupportedFile, "rar"),
        (bytes(100), "zeros.dat", UnsupportedFile, "binary"),
        (zipped(a__txt=PROSE)[:60], "cut.docx", UnreadableFile, "damaged or cut off"),
        (b"[" * 100_000, "deep.json", UnreadableFile, "deep.json"),
        (b'{"a": ', "half.json", UnreadableFile, "line 1, column"),
        (b"<a><b></a>", "crossed.xml", UnreadableFile, "XML"),
    ],
)
def test_bad_content_is_refused_by_name(data: bytes, name: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        load_bytes(data, name)
    assert name in str(caught.value)
    assert says in str(caught.value)


def test_a_text_of_200_mb_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="at most 64 MB"):
        load_bytes(b"x" * (200 << 20), "big.txt")


def test_entities_do_not_explode() -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10 if i else b"ha") for i in range(12))
    with pytest.raises(UnreadableFile, match="amplification"):
        load_bytes(b'<?xml version="1.0"?><!DOCTYPE x [' + entities + b"]><x>&e11;</x>", "laughs.xml")


def test_entities_fetch_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><x>said &e; aloud</x>'.encode()
    try:
        text = load_bytes(xml, "fetch.xml")[0].text
    except UnreadableFile:
        return
    assert "hidden" not in text


def test_an_archive_gives_its_members_and_says_what_it_could_not_read() -> None:
    inner = zipped(deep__txt=b"Deep down here.")
    data = zipped(a__txt=PROSE, pack__zip=inner, tool__bin=b"\x7fELF" + bytes(99), bad__json=b"{", **{".hidden": b"x"})
    documents = load_bytes(data, "box.zip", source="/in/box.zip")
    assert [d.source for d in documents] == ["/in/box.zip!/a.txt", "/in/box.zip!/pack.zip!/deep.txt"]
    assert documents[0].id == hashlib.sha256(PROSE).hexdigest()
    assert [(p.kind, p.place) for p in documents[0].problems] == [
        ("attachment_skipped", "tool.bin"),
        ("member_failed", "bad.json"),
    ]


def test_an_archive_with_nothing_to_read_says_why() -> None:
    with pytest.raises(EmptyDocument, match="executable"):
        load_bytes(zipped(tool__bin=b"\x7fELF" + bytes(99)), "box.zip")


def test_tar_and_gzip() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("../out.txt", "sub/in.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(PROSE)
            archive.addfile(info, io.BytesIO(PROSE))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    sources = [d.source for d in load_bytes(buffer.getvalue(), "box.tgz")]
    assert sources == ["box.tgz!/../out.txt", "box.tgz!/sub/in.txt"]
    (single,) = load_bytes(gzip.compress(PROSE), "ducks.txt.gz")
    assert (single.source, single.text.encode()) == ("ducks.txt.gz!/ducks.txt", PROSE)


@pytest.mark.parametrize("compress", [lambda bomb: zipped(bomb__txt=bomb), gzip.compress])
def test_bombs_are_refused(compress) -> None:
    with pytest.raises(LimitExceeded, match="bomb"):
        load_bytes(compress(b"0" * (64 << 20)), "box.gz")


def test_archives_may_not_nest_for_ever() -> None:
    data = zipped(a__txt=PROSE)
    for _ in range(8):
        data = zipped(inner__zip=data)
    with pytest.raises(LimitExceeded, match="deep"):
        load_bytes(data, "box.zip")


def test_a_locked_member_is_told() -> None:
    data = bytearray(zipped(a__txt=PROSE, b__txt=PROSE))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1  # the flag of encryption
    documents = load_bytes(bytes(data), "box.zip")
    assert [d.source for d in documents] == ["box.zip!/b.txt"]
    assert "password" in documents[0].problems[0].message


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "loop", "null"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "null":
        path = tmp_path / "th\0ing"
    with pytest.raises(UnreadableFile, match="th"):
        load(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "closed.txt"
    path.write_bytes(PROSE)
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="Permission"):
        load(path)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    class Growing(type(tmp_path)):  # type: ignore[misc]
        def read_bytes(self) -> bytes:
            data = super().read_bytes()
            with self.open("ab") as file:
                file.write(b" more")
            return data

    path = Growing(tmp_path / "growing.txt")
    path.write_bytes(PROSE)
    with pytest.raises(UnreadableFile, match="changed while it was read"):
        read_path(path)


def test_odd_names_are_printed_escaped(tmp_path: Path) -> None:
    path = tmp_path / "line\nbreak.txt"
    path.write_bytes(b"")
    with pytest.raises(EmptyDocument, match=r"line\\nbreak"):
        load(path)
    raw = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(raw).write_bytes(PROSE)
    (document,) = load(Path(raw))
    assert document.source.endswith("caf\\xe9.txt") == document.source.isprintable()
    assert document.source.encode()  # a store can keep it
    assert document.title.encode()
    assert source_name("/plain/ä.txt") == "/plain/ä.txt"


def test_every_supported_suffix_has_a_reader_that_exists() -> None:
    from importlib import import_module

    assert {".txt", ".docx", ".pdf", ".msg", ".png"} <= supported_suffixes()
    for dotted in READERS.values():
        module, _, function = dotted.partition(".")
        assert callable(getattr(import_module(f"documents.readers.{module}"), function)), dotted


def test_protected_office_files(shared: Path) -> None:
    with pytest.raises(ProtectedFile, match=r"password_protected\.xlsx"):
        load(shared / "data/formats-a/files/password_protected.xlsx")
