"""What the document promises is what the application does, whatever is sent."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site
from tests.web.api import LINKS, NOON, api_key, bearer, ids

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]


class Running:
    """The application on a port of its own, in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'liulian.db'}"
        self.token = ""
        self.port = 0
        self._is_up = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_up.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join()

    async def _serve(self) -> None:
        database = Database.open(self.url)
        await migrate(database)
        self.token = await api_key(database)
        site = Site.of(base_url="https://s.example", secret=b"secret of a test")
        app = create_app(Parts(site=site, database=database, ids=ids, clock=lambda: NOON))
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none"))
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


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        ("POST", LINKS, LEGAL),
        ("POST", LINKS, ILLEGAL),
        ("POST", f"{LINKS}/bulk", LEGAL),
        ("POST", f"{LINKS}/bulk", ILLEGAL),
        ("PATCH", f"{LINKS}/{{id}}", LEGAL),
        ("PATCH", f"{LINKS}/{{id}}", ILLEGAL),
        ("GET", LINKS, LEGAL),  # An unknown parameter of a query is passed over, so there is little to forbid.
        ("GET", f"{LINKS}/{{id}}", LEGAL),
        ("DELETE", f"{LINKS}/{{id}}", LEGAL),
        ("POST", f"{LINKS}/{{id}}/archive", LEGAL),
        ("POST", f"{LINKS}/{{id}}/restore", LEGAL),
        ("PUT", f"{LINKS}/{{id}}/favourite", LEGAL),
        ("POST", f"{LINKS}/bulk-edit", LEGAL),
        ("POST", f"{LINKS}/bulk-edit", ILLEGAL),
        ("POST", f"{LINKS}/claim", LEGAL),
        ("POST", f"{LINKS}/clicks", LEGAL),
        ("POST", f"{LINKS}/clicks", ILLEGAL),
        *(
            (method, f"/api/v1/{kind}{rest}", mode)
            for kind in ("tags", "folders", "views", "utm-templates")
            for method, rest, mode in (
                ("GET", "", LEGAL),
                ("POST", "", LEGAL),
                ("POST", "", ILLEGAL),
                ("PATCH", "/{id}", LEGAL),
                ("DELETE", "/{id}", LEGAL),
            )
        ),
    ],
)
def test_answers_keep_to_the_document(
    document: Any, running: Running, method: str, path: str, mode: GenerationMode
) -> None:
    @given(case=document[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case: Any) -> None:
        case.call_and_validate(headers=bearer(running.token), checks=CHECKS)

    ask()
