"""Passages: whole sentences, evenly filled, never across a heading, and nothing lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.draft import Draft
from documents.model import Document
from documents.split import LONGEST_SENTENCE, WORDS, split

BLOCKS = st.lists(
    st.tuples(st.sampled_from(["heading", "block", "line", "raw"]), st.text(max_size=300), st.integers(1, 4)),
    max_size=12,
)


def make(blocks: list[tuple[str, str, int]]) -> Document:
    draft = Draft()
    for kind, text, level in blocks:
        if kind == "heading":
            draft.heading(text, level)
        elif kind == "raw":
            draft.raw(text.strip())
        else:
            getattr(draft, kind)(text)
    return draft.finish(id="0", source="t", media_type="text/plain", size=0, fallback_title="t")


def check_spans(document: Document) -> None:
    text, covered = document.text, bytearray(len(document.text))
    for section in document.sections:
        covered[section.start : section.body] = b"h" * (section.body - section.start)
    end = 0
    for passage in split(document):
        assert passage.sentences, "a passage without sentences"
        assert passage.start == passage.sentences[0].start >= end
        assert passage.end == passage.sentences[-1].end
        section = next(s for s in document.sections if s.start <= passage.start < s.end)
        assert passage.end <= section.end and passage.path == section.path
        for sentence in passage.sentences:
            assert end <= sentence.start < sentence.end
            quote = text[sentence.start : sentence.end]
            assert quote == quote.strip() and quote
            covered[sentence.start : sentence.end] = b"s" * len(quote)
            end = sentence.end
    lost = [c for c, mark in zip(text, covered, strict=True) if not mark and not c.isspace()]
    assert not lost, lost


@given(BLOCKS)
@settings(max_examples=200, deadline=None)
def test_spans_tile_any_text(blocks: list[tuple[str, str, int]]) -> None:
    check_spans(make(blocks))


def test_sections_tile_the_text() -> None:
    document = make([("block", "Before.", 1), ("heading", "A", 1), ("heading", "B", 2), ("block", "Under B.", 1)])
    assert [(s.start, s.end) for s in document.sections] == [(0, 9), (9, 12), (12, 23)]
    assert [s.path for s in document.sections] == [(), ("A",), ("A", "B")]


TEN = "One two three four five six seven eight nine ten. "  # words


def sentences_in(*paragraphs: int) -> list[int]:
    """How many sentences each passage holds of paragraphs of so many sentences of ten words."""
    return [len(p.sentences) for p in split(make([("block", TEN * n, 1) for n in paragraphs]))]


def test_even_filling_and_no_crossing() -> None:
    document = make([("heading", "A", 1), ("block", TEN * 26, 1), ("heading", "B", 1), ("block", TEN, 1)])
    assert [len(p.sentences) for p in split(document)] == [13, 13, 1]  # 260 words: 130 + 130, then section B
    assert WORDS == 150


def test_a_passage_ends_with_its_paragraph() -> None:
    """What costs least, by hand: ending within a paragraph 0.3, and (words / 150 - 1) squared for each passage."""
    assert sentences_in(11, 12) == [11, 12]  # 0.07 + 0.04; together 230 words: 0.28
    assert sentences_in(6, 8) == [14]  # together 0.004; apart 0.36 + 0.22
    assert sentences_in(21, 21) == [21, 21]  # 0.16 twice; three of 140 would cost twice 0.3 for their middles
    assert sentences_in(16) == [16]  # not one of 15 and one of 1
    assert sentences_in(45) == [15, 15, 15]


def test_small_paragraphs_go_together() -> None:
    assert sentences_in(*[1] * 30) == [15, 15]


def test_heading_with_nothing_under_it_is_a_passage() -> None:
    document = make([("heading", "Top", 1), ("heading", "Only a heading", 2), ("heading", "Last", 1)])
    assert [document.text[p.start : p.end] for p in split(document)] == ["Only a heading", "Last"]


def test_a_line_without_end_is_cut_at_white_space() -> None:
    document = make([("block", "word " * 1000, 1)])
    spans = [s for p in split(document) for s in p.sentences]
    assert [len(re.findall("word", document.text[s.start : s.end])) for s in spans] == [LONGEST_SENTENCE] * 5


def test_scripts_without_spaces_are_cut_too() -> None:
    document = make([("block", "文" * 1000, 1)])
    assert [s.end - s.start for p in split(document) for s in p.sentences] == [LONGEST_SENTENCE] * 5


def test_two_million_characters_on_one_line() -> None:
    check_spans(make([("block", "x" * 2_000_000, 1)]))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1. Open the box. 2. Close it.", ["1. Open the box.", "2. Close it."]),
        ("4.2. The rule holds. It always did.", ["4.2. The rule holds.", "It always did."]),
        ("B. The second choice. IV. The fourth.", ["B. The second choice.", "IV. The fourth."]),
        ("It costs $1. Then we left.", ["It costs $1.", "Then we left."]),
        ("Was it then? 1932. It was cold.", ["Was it then?", "1932.", "It was cold."]),
        ("The end. 1.", ["The end.", "1."]),
        ("1. 2. 3. Go!", ["1. 2. 3. Go!"]),
        ("1.", ["1."]),
    ],
)
def test_a_number_of_a_list_stays_with_its_sentence(text: str, wanted: list[str]) -> None:
    document = make([("block", text, 1)])
    assert [document.text[s.start : s.end] for p in split(document) for s in p.sentences] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In 44 B.C. Caesar fell. It rained.", ["In 44 B.C. Caesar fell.", "It rained."]),
        ("He fell in 44 B.C. The next year brought war.", ["He fell in 44 B.C.", "The next year brought war."]),
        ("It opened in 44 B.C. Marcus paid for it.", ["It opened in 44 B.C.", "Marcus paid for it."]),
        ("Ask B.C. Harbour Minister Ann Low.", ["Ask B.C. Harbour Minister Ann Low."]),
        ("We live in B.C. Harbours abound.", ["We live in B.C.", "Harbours abound."]),
        ("In May 1944 the U.S. Third Corps came.", ["In May 1944 the U.S. Third Corps came."]),
        ("They moved to the U.S. Third Street was theirs.", ["They moved to the U.S.", "Third Street was theirs."]),
        ("They like the U.S. Others don't.", ["They like the U.S.", "Others don't."]),
        ("She has a Ph.D. Students like her.", ["She has a Ph.D.", "Students like her."]),
        ("It was given by Ms. Nancy Hill. We thank her.", ["It was given by Ms. Nancy Hill.", "We thank her."]),
        ("It is in vol. 2 of the set.", ["It is in vol. 2 of the set."]),
        ("Calls end at 8 p.m. Eastern Time. Ring early.", ["Calls end at 8 p.m. Eastern Time.", "Ring early."]),
        ("He left at 8 p.m. The door was open.", ["He left at 8 p.m.", "The door was open."]),
        ("We sang Oliver! with the choir.", ["We sang Oliver! with the choir."]),
        ("are you there? i am here.", ["are you there?", "i am here."]),
        ("Take vitamin C. It helps.", ["Take vitamin C.", "It helps."]),
        ("By Eq. 4 the temp. was 5.5. It fell.", ["By Eq. 4 the temp. was 5.5.", "It fell."]),
        ("It weighs 5 lbs. and 3 oz. in all.", ["It weighs 5 lbs. and 3 oz. in all."]),
        ("The talk lasted 5 mins. 20 people left.", ["The talk lasted 5 mins.", "20 people left."]),
        ("We came as 5 max. 20 people left.", ["We came as 5 max.", "20 people left."]),
        ("It taught 7 arts. 20 people came.", ["It taught 7 arts.", "20 people came."]),
        ("We opened 5 tab. 20 are left.", ["We opened 5 tab.", "20 are left."]),
        ("It weighs 5 lbs. 20 people came.", ["It weighs 5 lbs.", "20 people came."]),
        ("It lasts 5 mins. and 20 people left.", ["It lasts 5 mins. and 20 people left."]),
        ("It weighs 5 lbs. 3 oz. in all.", ["It weighs 5 lbs. 3 oz. in all."]),
        ("It took 2 hrs. 30 mins. in all.", ["It took 2 hrs. 30 mins. in all."]),
        ("See Eq. 4 and No. 5 for max. 20 people.", ["See Eq. 4 and No. 5 for max. 20 people."]),
        ("See vol. 3 no. 2 and arts. 6 to 8.", ["See vol. 3 no. 2 and arts. 6 to 8."]),
        ("See sec. 4.2. and Art. 5. It binds.", ["See sec. 4.2. and Art. 5.", "It binds."]),
        ("Quote Ref. No. 55 or tel. 555 1234.", ["Quote Ref. No. 55 or tel. 555 1234."]),
        ("We open at 8 a.m. Monday to Friday. Come in.", ["We open at 8 a.m. Monday to Friday.", "Come in."]),
        ("He left at 8 p.m. Monday was dull.", ["He left at 8 p.m.", "Monday was dull."]),
        ("Lee et al. [12] and Ray [13, 14] agree. So do we.", ["Lee et al. [12] and Ray [13, 14] agree.", "So do we."]),
        ("It ended.[3] The rest left.", ["It ended.[3]", "The rest left."]),
        ("Frost came. -5 degrees were felt.", ["Frost came.", "-5 degrees were felt."]),
        ("Ask Dipl.-Volkswirt Koch. He knows.", ["Ask Dipl.-Volkswirt Koch.", "He knows."]),
    ],
)
def test_a_sentence_goes_on_behind_an_abbreviation(text: str, wanted: list[str]) -> None:
    document = make([("block", text, 1)])
    assert [document.text[s.start : s.end] for p in split(document) for s in p.sentences] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Question: Who pays?; Answer: You do. Soon.", ["Question: Who pays?; Answer: You do.", "Soon."]),
        ("Who pays?: You do. Soon.", ["Who pays?: You do.", "Soon."]),
        ("Why? | How? | When", ["Why? | How? | When"]),
        ("They sold it.[23]: 105 He left.", ["They sold it.[23]", ": 105 He left."]),
        ("Great! :) We won.", ["Great!", ":) We won."]),
    ],
)
def test_no_sentence_begins_with_the_next_cell_of_a_row(text: str, wanted: list[str]) -> None:
    document = make([("block", text, 1)])
    assert [document.text[s.start : s.end] for p in split(document) for s in p.sentences] == wanted


WORDS_AND_ABBREVIATIONS = st.sampled_from(
    [
        "B.C. ",
        "U.S. ",
        "Ms. ",
        "vol. ",
        "8 p.m. ",
        "the ",
        "Brown ",
        "in ",
        "3 ",
        "said. ",
        "Oh! ",
        "E. ",
        "ed. ",
        "The ",
    ]
)


@given(st.lists(WORDS_AND_ABBREVIATIONS, max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_spans_tile_text_full_of_abbreviations(text: str) -> None:
    check_spans(make([("block", text, 1)]))
