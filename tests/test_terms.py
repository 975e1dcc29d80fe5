"""Words, stems and stop words: a question and the index fold the same way, in every script."""

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_support import document, opened

from index.terms import STOP_WORDS, stem, stems, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Émile's naïve co-operation", ["emile", "s", "naive", "co", "operation"]),
        ("ﬁnance ½ m² ＡＢＣ", ["finance", "1", "2", "m2", "abc"]),
        ("STRASSE Straße ΛΟΓΟΣ λόγος", ["strasse", "strasse", "λογοσ", "λογοσ"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("がぎ かき", ["が", "ぎ", "か", "き"]),
        ("한국어 문서", ["한", "국", "어", "문", "서"]),
        ("snake_case 3.50 U.S.", ["snake", "case", "3", "50", "u", "s"]),
        ("— … !? \n", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    # Porter's own examples, and short words, which have no ending to lose.
    [
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("motoring", "motor"),
        ("relational", "relat"),
        ("us", "us"),
        ("is", "is"),
        ("東", "東"),
    ],
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_terms_leave_stop_words_out_unless_there_is_nothing_else() -> None:
    assert terms("Who was the founder of the companies?") == ["founder", "compani"]
    assert terms("Who are we?") == ["who", "ar", "we"]
    assert terms("") == []


def test_negations_and_quantities_are_no_stop_words() -> None:
    assert not STOP_WORDS & {"no", "not", "never", "none", "all", "more", "most", "few", "only", "before", "after"}
    assert all(words(word) == [word] for word in STOP_WORDS)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_words_of_words_are_the_same_words(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_composed_or_decomposed_is_the_same(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


VOCABULARY = (
    "technology possibly assembly ideology pathologies terminology finances financing relational conditional us as is "
    "generalizations oscillators naïve Émile Straße ﬁnance m² ½ ＡＢＣ λόγος Москва 東 京 한 국 ไ ท 42 3rd x86"
).split()


def test_the_index_holds_our_stems_and_no_others() -> None:
    """Otherwise a term's frequency, which says how much it counts, would be looked up under a name it doesn't have."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (body, tokenize = 'unicode61 remove_diacritics 0')")
    db.execute("CREATE VIRTUAL TABLE v USING fts5vocab ('t', 'row')")
    db.execute("INSERT INTO t VALUES (?)", (stems(" ".join(VOCABULARY)),))
    assert {row[0] for row in db.execute("SELECT term FROM v")} == {
        stem(w) for w in words(" ".join(VOCABULARY)) if not unicodedata.category(w[0]).startswith("M")
    }


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The technology is new.", "technologies"),
        ("It was possibly lost.", "possibly"),
        ("The ﬁnances were sound.", "finance"),
        ("Der Straßenbau begann 1999.", "STRASSENBAU"),
        ("東京の人口は約1400万人です。", "人口"),
        ("한국어로 쓴 문서입니다.", "문서"),
        ("ガラスの工場が建てられた。", "ガラス"),
        ("The ＡＢＣ group met.", "abc"),
        ("Ο λόγος του.", "ΛΟΓΟΣ"),
    ],
)
def test_found_by_its_words(tmp_path, text: str, question: str) -> None:  # type: ignore[no-untyped-def]
    with opened(tmp_path) as library:
        library.add(document("other.txt", "Nothing of the kind is said here."))
        library.add(document("wanted.txt", text))
        found = library.store.lexical(words(question), 10)
        assert [library.store.passages([i], 64)[i].source for i, _ in found] == ["wanted.txt"]
        assert all(count == 1 for count in library.store.frequencies(terms(question)).values())
