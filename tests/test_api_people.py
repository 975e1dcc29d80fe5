"""Who may come in: signing in, tokens, attempts, other sites' pages, other machines; and whose talks are whose."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from api_support import ORIGIN, QUESTION, client, library_in, running
from test_history import ANSWER

from documents.errors import FootnoteError, ServerBusy
from index.library import Library
from qa.history import CONVERSATIONS, History
from qa.people import PEOPLE, People
from qa.web import serve as web
from qa.web.guard import COOKIE, Guard, Rules
from qa.web.serve import Door, serve
from qa.web.service import Gate, Service
from qa.web.settings import Settings, settings_html
from qa.web.sign_in import local
from qa.web.throttle import Rate

PASSWORD = "four words in row"
LOCAL = ("127.0.0.1", "localhost", "[::1]")
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = library_in(tmp_path_factory.mktemp("people"))
    people = People(library.path / PEOPLE)
    people.add_user("ann", PASSWORD)
    people.add_user("bob", PASSWORD)
    return library


@pytest.fixture(scope="module")
def people(library: Library) -> People:
    return People(library.path / PEOPLE)


@contextmanager
def guarded(library: Library, **rules: Any) -> Iterator[Any]:
    with client(library, rules=Rules(LOCAL, People(library.path / PEOPLE), **rules)) as made:
        yield made


@pytest.fixture(scope="module")
def shared(library: Library) -> Iterator[Any]:
    with guarded(library) as made:
        yield made


@pytest.fixture
def api(shared: Any) -> Any:
    shared.cookies.clear()
    return shared


def sign_in(api: Any, name: str, password: str = PASSWORD, **form: str) -> Any:
    return api.post("/sign-in", data={"name": name, "password": password, **form})


def test_nothing_is_open_but_the_way_in_and_health(api: Any) -> None:
    for path in (
        "/",
        "/config",
        "/gradio_api/info",
        "/pages/x/1.png",
        "/conversations/x.json",
        "/api/documents",
        "/mcp",
    ):
        refused = api.get(path)
        assert refused.status_code == 401 and refused.json()["error"]["type"] == "not_signed_in", path
        assert refused.headers["www-authenticate"] == "Bearer"
        sent = api.get(path, headers=PAGE)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/sign-in?next={path}")
    assert api.post("/api/ask", json={"question": QUESTION}, headers=PAGE).status_code == 401
    assert api.post("/v1/chat/completions", json={"messages": []}).status_code == 401
    assert api.post("/gradio_api/upload", files={"files": ("a.txt", b"a")}).status_code == 401
    assert api.get("/api/health").json() == {"status": "ok"}  # and not how many documents
    assert "password" in api.get("/sign-in").text


def test_signing_in_sets_a_cookie_that_opens_the_page_and_the_api(api: Any) -> None:
    done = sign_in(api, "ann", next="/api/docs")
    assert (done.status_code, done.headers["location"]) == (303, "/api/docs")
    cookie = done.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert api.get("/", headers=PAGE).status_code == 200
    assert api.get("/config").json()["username"] == "ann"
    assert api.get("/api/health").json()["documents"] == 2
    assert api.post("/api/ask", json={"question": QUESTION}).status_code == 200
    assert "Signed in as <b>ann</b>" in api.get("/sign-in").text
    assert api.post("/sign-out").headers["location"] == "/sign-in"
    assert (
        api.get("/api/documents", headers={"cookie": f"{COOKIE}={cookie.split('=')[1].split(';')[0]}"}).status_code
        == 401
    )


def test_a_wrong_password_says_so_and_shows_no_markup_of_the_name(api: Any) -> None:
    wrong = sign_in(api, '"><script>alert(1)</script>', "wrong", next="//evil.example")
    assert (
        wrong.status_code == 401 and "go together" in wrong.text and COOKIE not in wrong.headers.get("set-cookie", "")
    )
    assert "<script>" not in wrong.text and "evil.example" not in wrong.text


def test_attempts_are_limited_by_name(library: Library) -> None:
    with guarded(library) as api:
        assert [sign_in(api, "bob", "wrong").status_code for _ in range(5)] == [401] * 5
        stopped = sign_in(api, "bob")  # right at last, and too late
        assert (
            stopped.status_code == 429 and int(stopped.headers["retry-after"]) > 60 and "try again in" in stopped.text
        )
        assert sign_in(api, "ann").status_code == 303
        assert [sign_in(api, "ann").status_code for _ in range(8)] == [303] * 8  # only wrong ones count


@pytest.mark.parametrize(
    "path", ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "/sign-in", "/a\n"]
)
def test_signing_in_leads_to_this_server_only(path: str) -> None:
    assert local(path) == "/"
    assert local("/conversations/1.html") == "/conversations/1.html"


def test_a_token_opens_the_api_until_it_is_removed(api: Any, people: People) -> None:
    bearer = {"authorization": f"Bearer {people.add_token('reports')}"}
    assert api.post("/api/ask", json={"question": QUESTION}, headers=bearer).status_code == 200
    assert api.get("/v1/models", headers=bearer).status_code == 200
    people.remove_token("reports")
    assert api.get("/v1/models", headers=bearer).status_code == 401
    for odd in ("Bearer", "Bearer \xff", "Basic YTpi", "Bearer fn-" + "x" * 5000):
        assert api.get("/v1/models", headers={"authorization": odd.encode("latin-1")}).status_code == 401
    assert api.get("/v1/models", headers={"cookie": f"{COOKIE}=\x01; ="}).status_code == 401


def test_each_sees_their_own_conversations(api: Any, library: Library) -> None:
    History(library.path / CONVERSATIONS, "ann").save("talk", "What did Ann ask?", ANSWER)
    sign_in(api, "bob")
    assert api.get("/conversations/talk.json").status_code == 404
    api.cookies.clear()
    sign_in(api, "ann")
    assert api.get("/conversations/talk.json").json()["title"] == "What did Ann ask?"


def test_the_settings_say_who_is_signed_in_and_lead_out() -> None:
    assert 'Signed in as a&lt;b · <a href="/sign-in">' in settings_html(Settings(), "a<b")
    assert "Signed in" not in settings_html(Settings())


def test_other_sites_pages_may_change_nothing(api: Any, library: Library) -> None:
    with client(library) as open_to_all:
        for headers in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://127.0.0.1:9999"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site", "origin": ORIGIN},
        ):
            for path in ("/api/ask", "/api/documents", "/v1/chat/completions", "/gradio_api/upload", "/mcp"):
                refused = open_to_all.post(path, json={"question": QUESTION}, headers=headers)
                assert refused.status_code == 403, (path, headers)
        ours = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
        assert open_to_all.post("/api/ask", json={"question": QUESTION}, headers=ours).status_code == 200
    assert (
        api.post("/sign-in", data={"name": "ann", "password": PASSWORD}, headers={"origin": "null"}).status_code == 403
    )


def test_a_caller_who_asks_too_often_is_told_when_to_go_on(library: Library) -> None:
    with client(library, rules=Rules(LOCAL, rate=Rate(3, 60))) as api:
        assert [api.get("/api/health").status_code for _ in range(3)] == [200] * 3
        stopped = api.get("/api/health")
        assert stopped.status_code == 429 and stopped.json()["error"]["type"] == "too_many_requests"
        assert 1 <= int(stopped.headers["retry-after"]) <= 20  # one every 20 seconds
        assert api.get("/").status_code == 200  # the page goes on


def test_a_rate_refills_evenly() -> None:
    now = [0.0]
    rate = Rate(2, 10, lambda: now[0])  # 2 at once, one more every 5 s
    assert [rate.take("a"), rate.take("a"), rate.take("a"), rate.take("b")] == [0, 0, 5, 0]
    now[0] = 4.0
    assert rate.take("a") == 1
    now[0] = 5.0
    assert [rate.take("a"), rate.take("a")] == [0, 5]
    rate.give_back("a")
    assert rate.take("a") == 0
    now[0] = 1000.0
    assert [rate.take("a") for _ in range(3)] == [0, 0, 5]  # never more than 2 are saved up
    assert [Rate(0).take("a") for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_other_machines_are_let_in_only_with_signing_in_or_force(library: Library, host: str) -> None:
    with pytest.raises(FootnoteError, match=r"--auth.*footnote user add NAME.*--force"):
        serve(library, Door(host))


def test_with_nobody_to_sign_in_the_server_says_what_to_do(tmp_path: Path) -> None:
    with library_in(tmp_path) as library, pytest.raises(FootnoteError, match="footnote user add NAME"):
        serve(library, Door(auth=True))


def test_behind_force_only_addresses_and_known_names_are_answered(library: Library) -> None:
    rules = web._rules(library, Door("0.0.0.0", force=True, names=("Docs.Example",)))
    guard = Guard(None, rules)  # type: ignore[arg-type]
    assert all(map(guard._ours, ("192.168.1.5:7860", "[fe80::1]:80", "localhost", "docs.example:80")))
    assert not any(map(guard._ours, ("evil.example", "1.2.3.4.evil.example:7860", "", "[::1")))
    near = Guard(None, web._rules(library, Door()))  # type: ignore[arg-type]
    assert near._ours("127.0.0.1:1") and not near._ours("192.168.1.5:7860")


def test_a_session_outlives_the_server(library: Library) -> None:
    import httpx

    rules = Rules(LOCAL, People(library.path / PEOPLE))
    with running(library, rules=rules) as address, httpx.Client(base_url=address) as browser:
        assert browser.post("/sign-in", data={"name": "ann", "password": PASSWORD}).status_code == 303
        cookies = dict(browser.cookies)
    again = Rules(LOCAL, People(library.path / PEOPLE))
    with running(library, rules=again) as address, httpx.Client(base_url=address, cookies=cookies) as browser:
        assert browser.get("/api/documents").status_code == 200


def test_who_waits_for_a_language_model_stops_nobody_else(library: Library) -> None:
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    from qa.chain import Options

    asked = {"question": QUESTION}
    writer = Options(threshold=0.0, llm=FakeListChatModel(responses=["The line was approved. [1]"] * 9, sleep=0))
    service = Service(library, Options(threshold=0.0), gate=Gate(at_once=1, waiting=0))
    told = service.events(asked, writer)
    while (event := next(told)) and getattr(event, "name", "") != "read":
        pass
    with pytest.raises(ServerBusy):  # its turn isn't over
        service.answer(asked)
    next(told)  # the model writes
    assert service.answer(asked).status == "answered"
    told.close()
    assert service.answer(asked).status == "answered"


def test_who_came_first_is_served_first() -> None:
    gate, served, lock = Gate(at_once=1, waiting=8), [], threading.Lock()

    def work(number: int) -> None:
        with gate.turn(), lock:
            served.append(number)

    threads = []
    with gate.turn():
        for number in range(8):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(gate._line) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert served == list(range(8))


def test_many_at_once_share_the_gate_and_one_too_many_is_told() -> None:
    gate, inside, most = Gate(at_once=2, waiting=3), [0], [0]
    lock, go, refused = threading.Lock(), threading.Event(), []

    def work() -> None:
        try:
            with gate.turn():
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                go.wait(10)
                with lock:
                    inside[0] -= 1
        except ServerBusy as error:
            refused.append(str(error))
            go.set()

    threads = [threading.Thread(target=work) for _ in range(6)]  # 2 inside, 3 waiting, 1 refused
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [2] and len(refused) == 1 and re.search("ask again in a moment", refused[0])
    with gate.turn():
        pass
