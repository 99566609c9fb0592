"""Every store test runs on every database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liulian.storage.database import Database
from tests.databases import KINDS, fresh_url, opened


@pytest.fixture(params=KINDS)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    return await fresh_url(request.param, tmp_path)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An empty database."""
    async with opened(url) as database:
        yield database


@pytest.fixture
async def neighbour(url: str) -> AsyncIterator[Database]:
    """The same database as another process sees it."""
    async with opened(url) as database:
        yield database
