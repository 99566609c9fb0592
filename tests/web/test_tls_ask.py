"""Caddy asks before it gets a certificate: yes for hosts of ours, and nobody else learns which those are."""

import httpx2
import pytest

from liulian.base.clock import utc_now
from liulian.base.ids import DomainId, IdSource, WorkspaceId
from liulian.base.net import TrustedProxies
from liulian.links.domain_model import Domain
from liulian.storage.database import Database
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site
from liulian.web.tls_ask import PATH, add_tls_ask
from tests.store.a_link import NOON

TOKEN = "a token for metrics"
LOOPBACK, PROXY, STRANGER = "127.0.0.1", "10.0.0.9", "203.0.113.9"


class Asker:
    """Asks from any address."""

    def __init__(self, database: Database) -> None:
        site = Site.of(base_url="https://lnk.example.com", secret=b"secret of a test")
        proxies = TrustedProxies.parse("10.0.0.0/8")
        self._app = create_app(Parts(site=site, database=database, ids=IdSource(), clock=utc_now, proxies=proxies))
        add_tls_ask(self._app, token=TOKEN)

    async def ask(self, host: str, *, address: str = LOOPBACK, **headers: str) -> int:
        transport = httpx2.ASGITransport(app=self._app, client=(address, 40_000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return (await client.get(PATH, params={"domain": host}, headers=named)).status_code


@pytest.fixture
async def asker(database: Database) -> Asker:
    async with database.write() as tx:
        for number, (host, verified_at) in enumerate([("go.example.net", NOON), ("claimed.example.net", None)], 7):
            domain = Domain(
                id=DomainId(number),
                workspace_id=WorkspaceId(1),
                host=host,
                proof="proof",
                created_at=NOON,
                verified_at=verified_at,
            )
            await tx.domains.add(domain)
    return Asker(database)


@pytest.mark.parametrize("host", ["lnk.example.com", "go.example.net", "GO.example.net."])
async def test_hosts_of_ours_get_a_certificate(asker: Asker, host: str) -> None:
    assert await asker.ask(host) == 200


@pytest.mark.parametrize("host", ["claimed.example.net", "www.go.example.net", "evil.example.org", "127.0.0.1", "a b"])
async def test_other_names_get_none(asker: Asker, host: str) -> None:
    assert await asker.ask(host) == 404


async def test_only_machines_of_ours_are_told(asker: Asker) -> None:
    assert await asker.ask("go.example.net", address=PROXY) == 200
    assert await asker.ask("go.example.net", address=STRANGER) == 404
    assert await asker.ask("go.example.net", address=STRANGER, authorization=f"Bearer {TOKEN}") == 200


@pytest.mark.parametrize("address", [LOOPBACK, PROXY])
async def test_what_a_proxy_passes_on_is_a_visitor(asker: Asker, address: str) -> None:
    assert await asker.ask("go.example.net", address=address, x_forwarded_for=STRANGER) == 404
