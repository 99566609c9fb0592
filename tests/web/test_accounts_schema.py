"""What the document promises of people, workspaces and keys is what the application does, whatever is sent."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from liulian.accounts.permissions import Role
from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from liulian.web.app import ACCOUNTS, create_app
from liulian.web.auth import SESSION_COOKIE
from liulian.web.parts import Parts, Site
from tests.web.api import BASE, NOON, ids
from tests.web.people import EMAIL, HERE, PASSWORD, V1, a_town
from tests.web.serving import served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROUTES = {
    (method, f"/api/v1{route.path_format}"): route
    for area in ACCOUNTS
    for route in area.router.routes
    for method in route.methods
}
OPERATIONS = sorted(ROUTES)
TAKES_BODY = [each for each in OPERATIONS if "requestBody" in (ROUTES[each].openapi_extra or {})]
# Nothing that ends the very session by which all others are tried, and nothing that goes to another host.
SPARED = {("DELETE", f"{V1}/session"), ("DELETE", f"{V1}/me/sessions")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The application on a port of its own, and a person's session."""

    port: int
    cookie: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    url = f"sqlite:///{tmp_path_factory.mktemp('schema') / 'liulian.db'}"
    with served(lambda: an_application(url)) as port:
        answer = httpx2.post(f"http://127.0.0.1:{port}{V1}/session", json={"email": EMAIL, "password": PASSWORD})
        yield Running(port=port, cookie=answer.cookies[SESSION_COOKIE])


@asynccontextmanager
async def an_application(url: str) -> AsyncIterator[FastAPI]:
    """Give an application in which one person owns the workspace."""
    database = Database.open(url)
    await migrate(database)
    town = a_town(database)
    await town.person(EMAIL, Role.OWNER)
    site = Site.of(base_url=BASE, secret=b"secret of a test")
    yield create_app(Parts(site=site, database=database, ids=ids, clock=lambda: NOON, passwords=town.passwords))
    await database.close()


@pytest.fixture(scope="module")
def document(running: Running) -> Any:
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{running.port}/api/openapi.json")


LEGAL, ILLEGAL = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


@pytest.mark.parametrize(("method", "path"), [each for each in OPERATIONS if each not in SPARED])
def test_answers_keep_to_the_document(document: Any, running: Running, method: str, path: str) -> None:
    ask_all(document, running, method=method, path=path, mode=LEGAL)


@pytest.mark.parametrize(("method", "path"), TAKES_BODY)
def test_what_the_document_does_not_allow_is_refused(document: Any, running: Running, method: str, path: str) -> None:
    ask_all(document, running, method=method, path=path, mode=ILLEGAL)


def is_body_wrong(case: Any) -> bool:
    body = case.meta.components.get(ParameterLocation.BODY)
    return body is not None and body.mode is ILLEGAL


def ask_all(document: Any, running: Running, *, method: str, path: str, mode: GenerationMode) -> None:
    headers = HERE | {"Cookie": f"{SESSION_COOKIE}={running.cookie}"}
    checks = [*CHECKS, negative_data_rejection] if mode is ILLEGAL else CHECKS

    @given(case=document[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case: Any) -> None:
        # The session is always there; what else is wrong must be in the body.
        assume(mode is LEGAL or is_body_wrong(case))
        case.call_and_validate(headers=headers, checks=checks, allow_redirects=False)

    ask()


def test_every_operation_is_tried() -> None:
    assert len(OPERATIONS) > 35
    assert ("POST", f"{V1}/session") in OPERATIONS
