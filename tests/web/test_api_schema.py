"""What the document promises is what the application does, whatever is sent, by a person or by a program.

What people do for themselves is in `test_accounts_schema.py`.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
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
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site
from tests.web.api import BASE, NOON, ids
from tests.web.one_of_each import Filled, Prover, filled
from tests.web.people import HERE, V1
from tests.web.rights import RULES, Kind
from tests.web.serving import served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
LEGAL, ILLEGAL = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
FOR_ALL = {"POST /qr/decode", "POST /qr/zip"}  # These are not of a workspace, and of no account either.
COSTLY = FOR_ALL  # Each starts a process.
ABSENT = {name for name, rule in RULES.items() if rule.done == 503}  # What they need is not there, and they say so.
ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")  # What is to be found is removed last.
OPERATIONS = sorted(
    (name for name, rule in RULES.items() if rule.kind is Kind.WORKSPACE or name in FOR_ALL),
    key=lambda name: (ORDER.index(name.split(" ")[0]), name),
)
TAKES_JSON = [name for name in OPERATIONS if "json" in RULES[name].send]


@dataclass(slots=True)
class Running:
    """The application on a port of its own, with one of everything in it."""

    folder: Path
    port: int = 0
    place: Filled = field(default_factory=Filled)

    def headers(self, name: str) -> dict[str, str]:
        """Return what a person of the workspace, or a program, sends with every request."""
        (caller,) = [each for each in self.place.callers if each.name == name]
        return caller.headers | (HERE if caller.is_person else {})

    @asynccontextmanager
    async def application(self) -> AsyncIterator[FastAPI]:
        self.place = await filled(self.folder)
        path = self.folder / "copy.db"
        path.write_bytes(self.place.content)
        database = Database.open(f"sqlite:///{path}")
        site = Site.of(base_url=BASE, secret=b"secret of a test")
        usual: dict[str, Any] = {"site": site, "database": database, "ids": ids, "clock": lambda: NOON}
        yield create_app(Parts(**usual | {"prover": Prover(), "imports_dir": self.folder / "imports"}))
        await database.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("schema"))
    with served(running.application) as running.port:
        yield running


@pytest.fixture(scope="module")
def document(running: Running) -> Any:
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{running.port}/api/openapi.json")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_keep_to_the_document(document: Any, running: Running, operation: str) -> None:
    method, path = operation.split(" ")
    known = {name: running.place.known.get(value[1:-1], value) for name, value in RULES[operation].path.items()}

    @given(
        case=document[f"{V1}{path}"][method].as_strategy(generation_mode=LEGAL),
        caller=some.sampled_from(["owner", "key of all"]),
        is_known=some.booleans(),
    )
    @settings(
        max_examples=2 if operation in COSTLY else 8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def ask(case: Any, caller: str, is_known: bool) -> None:
        if is_known and known:
            case.path_parameters |= known
        left_out = [not_a_server_error] if operation in ABSENT else []
        more = [] if caller == "owner" else [ignored_auth]
        checks = [check for check in CHECKS + more if check not in left_out]
        answer = case.call_and_validate(headers=running.headers(caller), checks=checks)
        assert answer.status_code != 500

    ask()


@pytest.mark.parametrize("operation", TAKES_JSON)
def test_what_the_document_does_not_allow_is_refused(document: Any, running: Running, operation: str) -> None:
    method, path = operation.split(" ")

    @given(case=document[f"{V1}{path}"][method].as_strategy(generation_mode=ILLEGAL))
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case: Any) -> None:
        # The key is always there; what else is wrong must be in the body.
        body = case.meta.components.get(ParameterLocation.BODY)
        assume(body is not None and body.mode is ILLEGAL)
        checks = [*CHECKS, negative_data_rejection]
        answer = case.call_and_validate(headers=running.headers("key of all"), checks=checks)
        assert answer.status_code != 500

    ask()
