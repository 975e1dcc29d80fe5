"""What a browser sends of settings, limits and clicks: only what is a choice is taken, and it reaches the chain."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_support import COST, TRAM, ScriptedChain, document, small_library

from documents.errors import FilterError
from index.library import Library
from index.records import Filter
from qa.chain import Options
from qa.history import History
from qa.web.actions import ACTIONS, At, act
from qa.web.limits import Limits, limits_html, scope_html, type_name
from qa.web.page import Page
from qa.web.session import Session
from qa.web.settings import Settings, settings_html

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["strict", "20", "dark", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return small_library(tmp_path / "library")


@pytest.fixture
def page(library: Library) -> Page:
    chain: Any = ScriptedChain(library, TRAM, COST)
    return Page(library, chain, History(library.path / "conversations.db"))


@given(st.dictionaries(st.sampled_from(["model", "passages", "strictness", "unsupported", "theme"]), JSON))
def test_settings_are_always_choices(sent: dict[str, Any]) -> None:
    chosen = Settings.of(sent)
    assert Settings.of(chosen.to_json()) == chosen
    assert chosen.passages in (5, 10, 20, 40) and chosen.theme in ("auto", "light", "dark")
    assert chosen.options().passages == chosen.passages


def test_settings_change_the_servers_own_options_only_where_chosen() -> None:
    usual = Options(llm="big", threshold=0.4, unsupported="replace")
    assert Settings().options(usual) == usual
    assert Settings(model="none").options(usual).llm is None
    assert Settings(model="small").options(usual).llm == "small"
    assert Settings(model="gguf:/x").confined().options(usual) == usual
    assert Settings(model="None").confined().options(usual).llm is None
    assert "<input" in settings_html(Settings()) and "<input" not in settings_html(Settings(), any_model=False)
    assert Settings(strictness="strict").options(usual).threshold == 0.6
    assert Settings(strictness="lenient").options().threshold == 0.1


def test_markup_in_a_setting_stays_text() -> None:
    assert "<b>" not in settings_html(Settings(model='"><b>x'))


def test_limits_become_a_filter(library: Library) -> None:
    known = library.documents()[0].id
    sent = {"collections": ["A"], "types": ["text/plain"], "since": "2024", "until": "2024-02", "pattern": " *.md "}
    limits = Limits.of(sent, (known,))
    assert limits.where(library) == Filter(
        (known,), ("A",), ("text/plain",), "*.md", date(2024, 1, 1), date(2024, 2, 29)
    )
    assert Limits().where(library) is None
    with pytest.raises(FilterError, match="no day"):
        Limits(since="yesterday").where(library)
    assert Limits.of({"collections": "A", "types": 3, "since": None}) == Limits()


def test_the_form_offers_what_the_library_has(library: Library) -> None:
    library.add(document("plan.md", "<b>Plan", "Words."), collection="Plans & more")
    markup = limits_html(library.documents(), Limits(collections=("Plans & more",)))
    assert 'value="Plans &amp; more" checked' in markup and "<b>" not in markup
    said = scope_html(Limits(collections=("Plans & more",), path="*<i>"), library.documents())
    assert "collection Plans &amp; more · *&lt;i&gt;" in said and "Ask all 3" in said
    assert scope_html(Limits(), library.documents()) == ""
    assert type_name("application/pdf") == "PDF" and type_name("odd/type") == "odd/type"


def test_a_limit_that_makes_no_sense_is_told_and_changes_nothing(page: Page) -> None:
    with pytest.raises(FilterError):
        act(page, At(Session(), "", Limits()), {"name": "limit", "limits": {"since": "soon"}})


@pytest.mark.parametrize("name", sorted(ACTIONS))
@settings(max_examples=25, deadline=None)
@given(
    sent=st.dictionaries(st.sampled_from(["ref", "title", "turn", "verdict", "limits", "settings", "changes"]), JSON)
)
def test_whatever_is_sent_no_click_fails(
    tmp_path_factory: pytest.TempPathFactory, name: str, sent: dict[str, Any]
) -> None:
    from documents.errors import FootnoteError

    page = _shared(tmp_path_factory)
    try:
        told = act(page, At(Session(), "", Limits()), {**sent, "name": name})
    except FootnoteError:
        return  # a message to a person
    assert isinstance(told, dict)


_PAGES: list[Page] = []


def _shared(factory: pytest.TempPathFactory) -> Page:
    if not _PAGES:
        library = small_library(factory.mktemp("clicks") / "library")
        chain: Any = ScriptedChain(library, TRAM)
        _PAGES.append(Page(library, chain, History(library.path / "conversations.db")))
    return _PAGES[0]


def test_clicks_do_what_they_say(page: Page) -> None:
    shown = page.ask("What was approved?", Session(), "")
    at = At(shown["session"], shown["talk"], Limits())
    judged = act(page, at, {"name": "judge", "turn": 1, "verdict": "wrong"})
    assert "fn-judge wrong on" in judged["chat"][1]["content"]
    assert page.history.verdicts(at.talk) == {1: "wrong"}
    act(page, at, {"name": "judge", "turn": 1, "verdict": ""})
    assert page.history.verdicts(at.talk) == {}
    assert "no evaluation" in act(page, at, {"name": "keep", "turn": 1})["notice"]
    act(page, at, {"name": "choose", "settings": {"passages": "20"}})
    assert replace(page).settings.passages == 20
    assert act(page, at, {"name": "no such action"}) == {}
