"""What stands before the application: each name shows what is its own, and no more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.base.ids import DomainId
from liulian.base.imprint import Imprint
from liulian.base.meters import Meters
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter
from liulian.edge.lane import Lane, Limits
from liulian.edge.pages import LinkPages
from liulian.edge.routes import Routes
from liulian.links.domain_model import Domain, proof_path
from liulian.links.model import DEFAULT_DOMAIN
from liulian.storage.database import Database
from liulian.storage.served import ServedReader
from liulian.storage.targets import TargetReader
from liulian.web.by_host import ByHost
from liulian.web.redirect import LinkLane
from liulian.web.visit import Receive, Scope, Send
from tests.store.a_link import NOON, a_link

BASE, GO, CLAIMED = "lnk.example.com", "go.example.net", "claimed.example.net"
LISTED = "https://listed.example.org/"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that it was asked."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"11")]})
    await send({"type": "http.response.body", "body": b"application"})


class Server:
    """All that stands before an application, over a real database."""

    def __init__(self, database: Database, folder: Path) -> None:
        meters = Meters.unshared()
        self.database = database
        self.lane = Lane(
            routes=Routes(routes_max=100, meters=meters, is_listed=lambda url: url == LISTED),
            spool=SpoolWriter(claim_slot(folder), meters=meters, segment_bytes=1 << 20),
            meters=meters,
            limits=Limits(),
            base_host=BASE,
            pages=LinkPages(base_url=f"https://{BASE}", imprint=Imprint(icp_number="own number")),
        )
        links: Any = LinkLane(application, lane=self.lane, source=TargetReader(database))
        whole: Any = ByHost(links, lane=self.lane, domains=ServedReader(database))
        self.client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=whole), base_url=f"http://{BASE}")

    async def read(self) -> None:
        self.lane.take_domains(await ServedReader(self.database).served())

    async def arrange(self, domain: Domain) -> None:
        async with self.database.write() as tx:
            await tx.domains.replace(domain)
        await self.read()

    async def put(self, domain_id: DomainId, name: str, body: bytes) -> None:
        async with self.database.write() as tx:
            await tx.domain_files.put(domain_id, name, body)
        await self.read()

    async def get(self, host: str, path: str, *, method: str = "GET") -> httpx2.Response:
        return await self.client.request(method, path, headers={"host": host, "accept-language": "en"})


def a_domain(host: str, number: int, *, is_verified: bool) -> Domain:
    return Domain(
        id=DomainId(number),
        workspace_id=DEFAULT_WORKSPACE,
        host=host,
        proof=f"proof-of-domain-{number}",
        created_at=NOON,
        verified_at=NOON if is_verified else None,
    )


DOMAIN = a_domain(GO, 7, is_verified=True)


@pytest.fixture
async def server(database: Database, tmp_path: Path) -> AsyncIterator[Server]:
    async with database.write() as tx:
        await tx.domains.add(DOMAIN)
        await tx.domains.add(a_domain(CLAIMED, 8, is_verified=False))
        await tx.links.add([a_link(slug="abc"), a_link(slug="abc", domain_id=DOMAIN.id, destination="https://go.org/")])
    server = Server(database, tmp_path / "spool")
    await server.read()
    async with server.client:
        yield server


@pytest.mark.parametrize("host", [BASE, "127.0.0.1:8000", "localhost"])
@pytest.mark.parametrize("path", ["/", "/api/v1/links", "/console", "/report"])
async def test_the_application_answers_under_its_own_name(server: Server, host: str, path: str) -> None:
    assert (await server.get(host, path)).text == "application"


@pytest.mark.parametrize("path", ["/api/v1/links", "/api/docs", "/console", "/console/links", "/login", "/expand"])
async def test_the_application_does_not_answer_on_a_domain(server: Server, path: str) -> None:
    answer = await server.get(GO, path)

    assert answer.status_code == 404
    assert "application" not in answer.text


@pytest.mark.parametrize("path", ["/report", "/privacy", "/terms", "/static/x.css", "/q/abc.svg", "/favicon.ico"])
async def test_what_pages_of_links_lead_to_works_on_a_domain(server: Server, path: str) -> None:
    assert (await server.get(GO, path)).text == "application"


async def test_each_name_has_its_own_links(server: Server) -> None:
    own, go = await server.get(BASE, "/abc"), await server.get(GO, "/abc")

    assert (own.headers["location"], go.headers["location"]) == ("https://example.com/", "https://go.org/")


@pytest.mark.parametrize("path", ["/", "/abc", "/api/v1/links", "/report", "/console", "/MP_verify_x.txt"])
@pytest.mark.parametrize("host", ["stranger.example.info", CLAIMED])
async def test_a_name_that_is_none_of_ours_is_told_nothing(server: Server, host: str, path: str) -> None:
    await server.put(DEFAULT_DOMAIN, "MP_verify_x.txt", b"x")

    answer = await server.get(host, path)

    assert answer.status_code == 404
    assert "Liulian" not in answer.text
    assert "own number" not in answer.text


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/tls/ask"])
async def test_machines_may_call_by_any_name(server: Server, path: str) -> None:
    assert (await server.get("stranger.example.info", path)).text == "application"


async def test_the_root_of_a_domain_says_what_it_is(server: Server) -> None:
    await server.arrange(replace(DOMAIN, police_number="their number"))

    answer = await server.get(GO, "/")

    assert answer.status_code == 200
    assert GO in answer.text
    assert "their number" in answer.text
    assert "own number" not in answer.text


async def test_the_root_of_a_domain_leads_where_its_owner_says(server: Server) -> None:
    await server.arrange(replace(DOMAIN, root_destination="https://shop.example.org/"))

    answer = await server.get(GO, "/", method="HEAD")

    assert answer.status_code == 302
    assert answer.headers["location"] == "https://shop.example.org/"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_nobody_is_led_to_what_a_feed_names(server: Server) -> None:
    await server.arrange(replace(DOMAIN, root_destination=LISTED, not_found_destination=LISTED))

    assert (await server.get(GO, "/")).status_code == 200
    assert (await server.get(GO, "/nothing")).status_code == 404


async def test_unknown_slug_of_a_domain_leads_where_its_owner_says_else_to_a_page(server: Server) -> None:
    page = await server.get(GO, "/nothing")
    await server.arrange(replace(DOMAIN, not_found_destination="https://shop.example.org/lost"))
    answer = await server.get(GO, "/nothing")

    assert page.status_code == 404
    assert 'class="button"' not in page.text
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://shop.example.org/lost"


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("MP_verify_x.txt", "/MP_verify_x.txt", "text/plain; charset=utf-8"),
        ("google1.html", "/google1.html", "text/html; charset=utf-8"),
        ("assetlinks.json", "/.well-known/assetlinks.json", "application/json"),
        ("apple-app-site-association", "/.well-known/apple-app-site-association", "application/json"),
    ],
)
@pytest.mark.parametrize(("domain_id", "host"), [(DOMAIN.id, GO), (DEFAULT_DOMAIN, BASE)])
async def test_a_file_is_served_byte_for_byte_at_the_root_of_its_own_domain(
    server: Server, domain_id: DomainId, host: str, name: str, path: str, kind: str
) -> None:
    body = b"\xef\xbb\xbfexactly this\r\n"
    await server.put(domain_id, name, body)

    answer, head = await server.get(host, path), await server.get(host, path, method="HEAD")

    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(body)))
    other = await server.get(BASE if host == GO else GO, path)
    assert body not in other.content


async def test_the_proof_of_a_claim_is_answered_under_its_name_alone(server: Server) -> None:
    path = proof_path("proof-of-domain-8")

    answer = await server.get(CLAIMED, path)

    assert answer.text == "liulian-verification=proof-of-domain-8"
    assert (await server.get("other.example.net", path)).status_code == 404
    assert (await server.get(CLAIMED, proof_path("another-proof-x"))).status_code == 404


async def test_as_long_as_the_domains_are_unread_a_name_may_be_somebodys(server: Server) -> None:
    server.lane.hosts.is_known = False

    answer = await server.get("stranger.example.info", "/abc")

    assert answer.status_code == 503
    assert "retry-after" in answer.headers
