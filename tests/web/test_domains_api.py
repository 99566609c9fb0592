"""Domains over HTTP: claimed, proved, arranged, removed; nobody sees those of another workspace."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from liulian.accounts.permissions import Scope
from liulian.base.errors import FieldError
from liulian.base.ids import encode_id
from liulian.links.domain_model import FILE_BYTES_MAX, Domain
from liulian.links.model import DEFAULT_DOMAIN
from liulian.storage.database import Database
from liulian.storage.served import ServedReader
from tests.web.api import BASE, api_key, client_of, problem, refused_fields

DOMAINS = "/api/v1/domains"
SYSTEM = encode_id(DEFAULT_DOMAIN)


@dataclass(slots=True)
class Prover:
    """Finds what a test says."""

    found: list[FieldError] = field(default_factory=list)

    async def doubts(self, domain: Domain, *, own_port: int | None) -> tuple[FieldError, ...]:
        return tuple(self.found)


@pytest.fixture
def prover() -> Prover:
    return Prover()


@pytest.fixture
async def program(database: Database, prover: Prover) -> AsyncIterator[httpx2.AsyncClient]:
    """A program of workspace 1."""
    async with client_of(database, base_url=BASE, token=await api_key(database), prover=prover) as client:
        yield client


@pytest.fixture
async def other(database: Database, prover: Prover) -> AsyncIterator[httpx2.AsyncClient]:
    """A program of workspace 2."""
    token = await api_key(database, workspace=2)
    async with client_of(database, base_url=BASE, token=token, prover=prover) as client:
        yield client


async def added(
    client: httpx2.AsyncClient, host: str = "go.example.com", *, is_verified: bool = False
) -> dict[str, Any]:
    answer = await client.post(DOMAINS, json={"host": host})
    assert answer.status_code == 201, answer.text
    if is_verified:
        answer = await client.post(f"{DOMAINS}/{answer.json()['id']}/verify")
        assert answer.status_code == 200, answer.text
    domain: dict[str, Any] = answer.json()
    return domain


async def listed(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    domains: list[dict[str, Any]] = (await client.get(DOMAINS)).json()["domains"]
    return domains


async def test_the_installations_own_domain_is_first(program: httpx2.AsyncClient) -> None:
    await added(program)

    own, theirs = await listed(program)

    assert (own["id"], own["host"], own["is_system"], own["is_default"]) == (SYSTEM, "s.example", True, True)
    assert (theirs["host"], theirs["is_system"], theirs["is_default"]) == ("go.example.com", False, False)
    assert own["verification"] is None


async def test_name_of_the_server_cannot_be_taken_while_nobody_said_which_it_is(
    database: Database, prover: Prover, other: httpx2.AsyncClient
) -> None:
    early = await added(other, "go.example.com")
    async with client_of(database, token=await api_key(database, workspace=2), prover=prover) as thief:
        claim = await thief.post(DOMAINS, json={"host": "console.example.com"})
        proof = await thief.post(f"{DOMAINS}/{early['id']}/verify")
    async with client_of(database, token=await api_key(database), prover=prover) as operator:
        theirs = await added(operator, "links.example.com", is_verified=True)

    assert problem(claim) == problem(proof) == (409, "domain_needs_base_url")
    assert theirs["verified_at"] is not None


async def test_name_that_became_the_servers_own_after_the_claim_is_not_served(
    database: Database, prover: Prover, program: httpx2.AsyncClient
) -> None:
    early = await added(program, "new.example.com")
    token = await api_key(database)
    async with client_of(database, base_url="https://new.example.com", token=token, prover=prover) as later:
        assert problem(await later.post(f"{DOMAINS}/{early['id']}/verify")) == (409, "domain_taken")


async def test_domain_that_was_added_says_how_to_prove_it(program: httpx2.AsyncClient) -> None:
    answer = await program.post(DOMAINS, json={"host": " 短链.example.com "})

    assert answer.status_code == 201
    domain = answer.json()
    assert answer.headers["location"] == f"{DOMAINS}/{domain['id']}"
    proof = domain["verification"]
    assert domain["host"].startswith("xn--")
    assert domain["verified_at"] is None
    assert proof["txt_name"] == f"_liulian.{domain['host']}"
    assert proof["txt_value"] == proof["file_body"]
    assert proof["file_path"].startswith("/.well-known/liulian-")


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("s.example", "domain_own"),
        ("localhost", "domain_invalid"),
        ("10.0.0.1", "domain_address"),
        ("com.cn", "domain_suffix"),
    ],
)
async def test_host_that_cannot_be_had_is_refused(program: httpx2.AsyncClient, host: str, code: str) -> None:
    answer = await program.post(DOMAINS, json={"host": host})

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {"host": code}


async def test_domain_is_served_once_it_is_proved(
    program: httpx2.AsyncClient, database: Database, prover: Prover
) -> None:
    domain = await added(program)
    prover.found = [FieldError("txt", "domain_txt_missing", {"name": "_liulian.go.example.com"})]

    refused = await program.post(f"{DOMAINS}/{domain['id']}/verify")
    prover.found = []
    proved = await program.post(f"{DOMAINS}/{domain['id']}/verify")
    again = await program.post(f"{DOMAINS}/{domain['id']}/verify")

    assert problem(refused) == (409, "domain_not_verified")
    assert refused_fields(refused) == {"txt": "domain_txt_missing"}
    assert (proved.status_code, again.status_code) == (200, 200)
    assert proved.json()["verified_at"] == again.json()["verified_at"] is not None
    assert [each.host for each in await ServedReader(database).served() if each.host] == ["go.example.com"]


async def test_the_first_to_prove_a_host_has_it(program: httpx2.AsyncClient, other: httpx2.AsyncClient) -> None:
    mine = await added(program)
    await added(other, is_verified=True)

    late = await program.post(f"{DOMAINS}/{mine['id']}/verify")
    new = await program.post(DOMAINS, json={"host": "GO.example.com"})

    assert problem(late) == (409, "domain_taken")
    assert problem(new) == (409, "domain_taken")


async def test_domain_is_arranged(program: httpx2.AsyncClient) -> None:
    domain = await added(program, is_verified=True)
    wish = {
        "root_destination": "https://EXAMPLE.com",
        "not_found_destination": "https://example.com/lost",
        "icp_number": " 京ICP备12345678号-1 ",
        "police_number": "京公网安备11010502030000号",
        "is_default": True,
    }

    changed = (await program.patch(f"{DOMAINS}/{domain['id']}", json=wish)).json()
    emptied = (
        await program.patch(f"{DOMAINS}/{domain['id']}", json={"icp_number": None, "root_destination": ""})
    ).json()

    assert changed["root_destination"] == "https://example.com/"
    assert changed["icp_number"] == "京ICP备12345678号-1"
    assert changed["is_default"]
    assert (emptied["icp_number"], emptied["root_destination"]) == (None, None)
    assert emptied["not_found_destination"] == "https://example.com/lost"
    assert [each["is_default"] for each in await listed(program)] == [False, True]
    back = await program.patch(f"{DOMAINS}/{SYSTEM}", json={"is_default": True})
    assert (back.status_code, back.json()["is_default"]) == (200, True)


async def test_every_wrong_wish_is_named(program: httpx2.AsyncClient) -> None:
    domain = await added(program)
    wish = {
        "root_destination": "ftp://example.com/",
        "not_found_destination": "https://s.example/abc",
        "icp_number": "x" * 101,
        "is_default": True,
    }

    answer = await program.patch(f"{DOMAINS}/{domain['id']}", json=wish)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {
        "root_destination": "destination_scheme",
        "not_found_destination": "destination_own",
        "icp_number": "filing_number_invalid",
        "is_default": "domain_unverified",
    }


async def test_the_installations_own_domain_is_not_arranged(program: httpx2.AsyncClient) -> None:
    for answer in (
        await program.patch(f"{DOMAINS}/{SYSTEM}", json={"icp_number": "1"}),
        await program.delete(f"{DOMAINS}/{SYSTEM}"),
        await program.post(f"{DOMAINS}/{SYSTEM}/verify"),
    ):
        assert problem(answer) == (403, "domain_is_system")


async def test_domain_is_removed(program: httpx2.AsyncClient) -> None:
    domain = await added(program)

    gone = await program.delete(f"{DOMAINS}/{domain['id']}")

    assert gone.status_code == 204
    assert problem(await program.get(f"{DOMAINS}/{domain['id']}")) == (404, "not_found")


async def test_file_is_put_shown_and_removed(program: httpx2.AsyncClient) -> None:
    domain = await added(program)
    path = f"{DOMAINS}/{domain['id']}/files/MP_verify_abc.txt"

    put = await program.put(path, content=b"\xef\xbb\xbfabc\r\n", headers={"content-type": "text/plain"})
    shown = await program.get(path)
    removed = await program.delete(path)

    assert put.json()["files"] == [{"name": "MP_verify_abc.txt", "size": 8}]
    assert shown.content == b"\xef\xbb\xbfabc\r\n"
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert removed.status_code == 204
    assert problem(await program.get(path)) == (404, "not_found")


async def test_file_that_cannot_be_is_refused(program: httpx2.AsyncClient) -> None:
    domain = await added(program)
    files = f"{DOMAINS}/{domain['id']}/files"

    name = await program.put(f"{files}/index", content=b"x")
    size = await program.put(f"{files}/a.txt", content=bytes(FILE_BYTES_MAX + 1))

    assert refused_fields(name) == {"name": "domain_file_name"}
    assert problem(size) == (413, "domain_file_too_large")


async def test_files_of_the_installation_belong_to_its_first_workspace(
    program: httpx2.AsyncClient, other: httpx2.AsyncClient
) -> None:
    path = f"{DOMAINS}/{SYSTEM}/files/MP_verify_abc.txt"

    assert (await program.put(path, content=b"x")).status_code == 200
    assert problem(await other.put(path, content=b"y")) == (403, "domain_is_system")


async def test_domain_of_another_workspace_does_not_exist(
    program: httpx2.AsyncClient, other: httpx2.AsyncClient
) -> None:
    theirs = f"{DOMAINS}/{(await added(other, is_verified=True))['id']}"
    await other.put(f"{theirs}/files/a.txt", content=b"x")

    for answer in (
        await program.get(theirs),
        await program.patch(theirs, json={"root_destination": "ftp://refused"}),
        await program.delete(theirs),
        await program.post(f"{theirs}/verify"),
        await program.get(f"{theirs}/files/a.txt"),
        await program.put(f"{theirs}/files/a.txt", content=b"y"),
        await program.delete(f"{theirs}/files/a.txt"),
    ):
        assert problem(answer) == (404, "not_found")
    assert [each["host"] for each in await listed(program)] == ["s.example"]


async def test_who_may_only_look_changes_nothing(database: Database, program: httpx2.AsyncClient) -> None:
    domain = await added(program)
    path = f"{DOMAINS}/{domain['id']}"
    reader = await api_key(database, scopes=frozenset({Scope.DOMAINS_READ}))
    async with client_of(database, base_url=BASE, token=reader) as client:
        assert (await client.get(path)).status_code == 200
        for answer in (
            await client.post(DOMAINS, json={"host": "b.example.com"}),
            await client.patch(path, json={"icp_number": "1"}),
            await client.delete(path),
            await client.post(f"{path}/verify"),
            await client.put(f"{path}/files/a.txt", content=b"y"),
            await client.delete(f"{path}/files/a.txt"),
        ):
            assert problem(answer) == (403, "forbidden")


async def test_a_stranger_sees_no_domains(stranger: httpx2.AsyncClient) -> None:
    assert problem(await stranger.get(DOMAINS)) == (401, "not_signed_in")


async def test_every_change_is_written_down(program: httpx2.AsyncClient) -> None:
    domain = await added(program, is_verified=True)
    path = f"{DOMAINS}/{domain['id']}"
    await program.patch(path, json={"root_destination": "https://example.com/secret?token=1"})
    await program.put(f"{path}/files/a.txt", content=b"x")
    await program.delete(f"{path}/files/a.txt")
    await program.delete(path)

    entries = (await program.get("/api/v1/audit")).json()["entries"]

    noted = [entry["action"].removeprefix("domain.") for entry in reversed(entries)]
    assert noted == ["added", "verified", "changed", "file_put", "file_removed", "removed"]
    assert {entry["details"]["host"] for entry in entries} == {"go.example.com"}
    assert "secret" not in str(entries)
