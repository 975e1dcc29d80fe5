"""Whatever is sent, the API never fails: requests made from its own OpenAPI document, right ones and wrong ones.

They are sent with the token of a user, who has both libraries to ask and to add to.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from api_support import library_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from qa.libraries import Libraries
from qa.people import PEOPLE, People
from qa.web.api.openai import MODEL
from qa.web.guard import Rules
from qa.web.throttle import Rate

schemathesis = pytest.importorskip("schemathesis")
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True, "database": None}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_in(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def app(library: Library) -> Any:
    from qa.web.api.app import api
    from qa.web.guard import Guard
    from qa.web.service import Service

    people = People(library.path / PEOPLE)
    rules = Rules(("127.0.0.1",), people, Rate(0))
    return Guard(api(Service(library, libraries=Libraries(library, people))), rules)


@pytest.fixture(scope="module")
def headers(library: Library) -> dict[str, str]:
    people = People(library.path / PEOPLE)
    people.add_user("ann", "four words in row")
    return {"host": "127.0.0.1", "authorization": f"Bearer {people.add_token('hers', user='ann')}"}


@pytest.fixture(scope="module")
def described(app: Any, headers: dict[str, str]) -> Iterator[Any]:
    yield schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=headers)


def hold(described: Any, headers: dict[str, str], examples: int) -> None:
    """Every operation, by so many requests each; removing is left out, so that there stays something to ask."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

    checks = [not_a_server_error, status_code_conformance, response_schema_conformance]
    tried = 0
    for result in described.exclude(method="DELETE").get_all_operations():
        operation = result.ok()

        @settings(max_examples=examples, **QUIET)
        @given(
            case=st.one_of(
                operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE),
                operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
            )
        )
        def one(case: Any) -> None:
            nonlocal tried
            tried += 1
            if isinstance(case.body, dict) and "model" in case.body:
                case.body["model"] = MODEL  # else every request would end there, or for want of a question
                if isinstance(case.body.get("messages"), list):
                    case.body["messages"].append({"role": "user", "content": "Who approved the tram line?"})
            case.call_and_validate(headers=headers, checks=checks, timeout=60)

        one()
    assert tried >= 8 * examples / 2


@pytest.mark.timeout(120)
def test_no_request_makes_it_fail(described: Any, headers: dict[str, str]) -> None:
    hold(described, headers, 8)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_no_request_makes_it_fail_in_the_long_run(described: Any, headers: dict[str, str]) -> None:
    hold(described, headers, 1000)
