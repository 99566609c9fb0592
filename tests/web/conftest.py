"""The API as a program meets it: real application, real database, no network."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from liulian.storage.database import Database
from tests.databases import fresh_url, opened
from tests.web.api import BASE, api_key, client_of


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(await fresh_url("sqlite", tmp_path)) as database:
        yield database


@pytest.fixture
async def stranger(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client without a key."""
    async with client_of(database, base_url=BASE) as client:
        yield client


@pytest.fixture
async def program(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with a key to workspace 1."""
    async with client_of(database, base_url=BASE, token=await api_key(database)) as client:
        yield client
