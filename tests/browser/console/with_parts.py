"""A console of an application whose surroundings a test holds: its names, its provider of single sign-on, its clock."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest
from fastapi import FastAPI

from liulian.accounts.newcomers import offer_setup
from liulian.accounts.oidc import OidcProvider
from liulian.accounts.store import Desk
from liulian.safety.proofs import Prover
from liulian.screening.names import Address
from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from liulian.web.app import create_app
from liulian.web.pages.assets import STATIC
from liulian.web.parts import Parts, Site
from tests.browser.console.conftest import Place
from tests.web.api import ids
from tests.web.dns_server import ADDRESS, DnsServer, dns_server
from tests.web.people import Clock, CountedPasswords
from tests.web.serving import served

NEAR = "127.0.0.2"  # Where all names of this world lead.


@dataclass(slots=True)
class World:
    """What is around an application. `names` is its DNS, once it runs."""

    folder: Path
    oidc: OidcProvider | None = None
    clock: Clock = field(default_factory=Clock)
    names: DnsServer = field(default_factory=DnsServer)
    setup_token: str = ""

    @asynccontextmanager
    async def application(self) -> AsyncIterator[FastAPI]:
        database = Database.open(f"sqlite:///{self.folder / 'liulian.db'}")
        await migrate(database)
        async with database.write() as tx:
            self.setup_token = await offer_setup(desk=Desk(tx=tx, ids=ids, now=self.clock())) or ""
        async with dns_server() as self.names:
            parts = Parts(
                site=Site.of(base_url=None, secret=b"secret of a test"),
                database=database,
                ids=ids,
                clock=self.clock,
                passwords=CountedPasswords(),
                prover=Prover(is_private=True, resolve=_near, nameservers=[ADDRESS], dns_port=self.names.port),
                oidc=self.oidc,
            )
            yield create_app(parts)
        await database.close()


@contextmanager
def place_in(world: World) -> Iterator[Place]:
    """Give an application in which nobody has an account."""
    if not (STATIC / "console/.vite/manifest.json").exists():
        pytest.skip("The front end is not built: make setup")
    with served(world.application) as port:
        yield Place(f"http://localhost:{port}", f"/console/setup#{world.setup_token}", world.folder)


async def _near(host: str) -> list[Address]:
    return [ip_address(NEAR)]
