"""What the document promises of people, workspaces and keys is what the application does, whatever is sent."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
import schemathesis
import uvicorn
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
from tests.web.api import NOON, ids
from tests.web.people import EMAIL, HERE, PASSWORD, V1, a_town

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


class Running:
    """The application on a port of its own, in a thread of its own, and a person's session."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'liulian.db'}"
        self.port = 0
        self.cookie = ""
        self._is_up = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_up.wait(30)
        answer = httpx2.post(f"http://127.0.0.1:{self.port}{V1}/session", json={"email": EMAIL, "password": PASSWORD})
        self.cookie = answer.cookies[SESSION_COOKIE]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join()

    async def _serve(self) -> None:
        database = Database.open(self.url)
        await migrate(database)
        town = a_town(database)
        await town.person(EMAIL, Role.OWNER)
        site = Site.of(base_url="https://s.example", secret=b"secret of a test")
        parts = Parts(site=site, database=database, ids=ids, clock=lambda: NOON, passwords=town.passwords)
        config = uvicorn.Config(create_app(parts), port=0, log_level="critical", lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        self._is_up.set()
        await serving
        await database.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("schema")) as running:
        yield running


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
