"""What proves a domain: a record of a real DNS server, or a file of a real web server. Nothing private is asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest

from liulian.base.ids import DomainId, WorkspaceId
from liulian.links.domain_model import Domain, proof_path, proof_text, txt_name
from liulian.safety.proofs import Prover, is_private_place
from liulian.screening.names import Address
from tests.store.a_link import NOON
from tests.web.dns_server import ADDRESS, DnsServer, dns_server
from tests.web.foreign import ForeignWeb, foreign_web

HOST = "go.example.net"
PROOF = "a-token-of-forty-three-letters-and-digits-00"
DOMAIN = Domain(id=DomainId(7), workspace_id=WorkspaceId(1), host=HOST, proof=PROOF, created_at=NOON)
NEAR = "127.0.0.2"


async def near(host: str) -> list[Address]:
    return [ip_address(NEAR)]


async def nowhere(host: str) -> list[Address]:
    raise OSError(host)


@dataclass(slots=True)
class World:
    """A DNS and a web."""

    names: DnsServer
    web: ForeignWeb

    def prover(self, *, is_private: bool = True, **different: object) -> Prover:
        return Prover(
            is_private=is_private,
            resolve=near,
            nameservers=[ADDRESS],
            dns_port=self.names.port,
            **different,  # type: ignore[arg-type]
        )

    async def doubts(self, prover: Prover, domain: Domain = DOMAIN) -> dict[str, str]:
        return {error.field: error.code for error in await prover.doubts(domain, own_port=self.web.port)}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with dns_server() as names, foreign_web() as web:
        yield World(names, web)


async def test_a_record_proves_a_domain(world: World) -> None:
    world.names.records[txt_name(HOST)] = ["something else", proof_text(PROOF)]

    assert await world.doubts(world.prover()) == {}


async def test_a_file_proves_a_domain(world: World) -> None:
    world.web.page(proof_path(PROOF), proof_text(PROOF).encode() + b"\n")

    assert await world.doubts(world.prover()) == {}


async def test_without_a_proof_it_is_said_what_is_missing(world: World) -> None:
    assert await world.doubts(world.prover()) == {"txt": "domain_txt_missing", "file": "domain_file_unreachable"}
    assert world.names.asked == [txt_name(HOST)]


async def test_another_record_and_another_file_are_named(world: World) -> None:
    world.names.records[txt_name(HOST)] = ["v=spf1 -all"]
    world.web.page(proof_path(PROOF), proof_text("another-proof").encode())

    errors = await world.prover().doubts(DOMAIN, own_port=world.web.port)

    assert {error.field: error.code for error in errors} == {"txt": "domain_txt_other", "file": "domain_file_other"}
    assert errors[0].params["found"] == "v=spf1 -all"


async def test_a_server_that_repeats_the_address_proves_nothing(world: World) -> None:
    world.web.page(proof_path(PROOF), proof_path(PROOF).encode())

    assert (await world.doubts(world.prover()))["file"] == "domain_file_other"


async def test_a_page_that_only_contains_the_proof_proves_nothing(world: World) -> None:
    world.web.page(proof_path(PROOF), b"<p>" + proof_text(PROOF).encode())

    assert (await world.doubts(world.prover()))["file"] == "domain_file_other"


async def test_a_redirect_is_not_followed(world: World) -> None:
    world.web.redirect(proof_path(PROOF), world.web.url("/elsewhere"))
    world.web.page("/elsewhere", proof_text(PROOF).encode())

    assert (await world.doubts(world.prover()))["file"] == "domain_file_unreachable"


async def test_a_public_installation_asks_nothing_private(world: World) -> None:
    world.web.page(proof_path(PROOF), proof_text(PROOF).encode())

    assert (await world.doubts(world.prover(is_private=False)))["file"] == "domain_file_unreachable"
    assert world.web.heads == []


async def test_an_installation_of_one_network_asks_the_link_itself_nothing(world: World) -> None:
    async def metadata(host: str) -> list[Address]:
        return [ip_address("169.254.169.254")]

    prover = Prover(is_private=True, resolve=metadata, nameservers=[ADDRESS], dns_port=world.names.port)

    assert (await world.doubts(prover))["file"] == "domain_file_unreachable"


async def test_a_name_below_localhost_is_here_whoever_is_asked(tmp_path: Path) -> None:
    domain = Domain(id=DomainId(7), workspace_id=WorkspaceId(1), host="lnk.localhost", proof=PROOF, created_at=NOON)
    body = proof_text(PROOF).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    async with dns_server() as names, await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        prover = Prover(is_private=True, resolve=nowhere, nameservers=[ADDRESS], dns_port=names.port)

        assert await prover.doubts(domain, own_port=port) == ()


@pytest.mark.parametrize(
    "base_url",
    [None, "http://localhost:8000", "https://lnk.internal", "http://192.168.1.7", "http://[::1]:8000", "http://links"],
)
def test_an_installation_without_a_public_name_is_private(base_url: str | None) -> None:
    assert is_private_place(base_url)


@pytest.mark.parametrize("base_url", ["https://lnk.example.com", "http://8.8.8.8"])
def test_an_installation_with_a_public_name_is_not(base_url: str) -> None:
    assert not is_private_place(base_url)
