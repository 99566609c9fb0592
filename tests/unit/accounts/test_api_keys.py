"""API keys: a token for the program, a fingerprint for us."""

from datetime import UTC, datetime

import pytest

from liulian.accounts.api_keys import create_api_key, find_api_key
from liulian.accounts.model import ApiKey
from liulian.base.errors import InvalidRequest
from liulian.base.ids import IdSource, WorkspaceId

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Keys:
    """A store in memory."""

    def __init__(self) -> None:
        self.by_fingerprint: dict[bytes, ApiKey] = {}

    async def add(self, key: ApiKey, *, fingerprint: bytes) -> None:
        self.by_fingerprint[fingerprint] = key

    async def find_by_fingerprint(self, fingerprint: bytes) -> ApiKey | None:
        return self.by_fingerprint.get(fingerprint)


async def create(name: str, store: Keys) -> tuple[ApiKey, str]:
    return await create_api_key(name, workspace_id=WorkspaceId(1), store=store, ids=IdSource(), now=NOON)


async def test_key_is_found_by_its_token_and_by_nothing_else() -> None:
    keys = Keys()
    key, token = await create(" till ", keys)

    assert (key.name, key.workspace_id, key.created_at) == ("till", 1, NOON)
    assert token.startswith("ll_")
    assert await find_api_key(token, store=keys, now=NOON) == key
    for other in ("", "ll_", token[:-1], token.removeprefix("ll_")):
        assert await find_api_key(other, store=keys, now=NOON) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
async def test_key_needs_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(InvalidRequest):
        await create(name, Keys())
