"""The code of a link of one's own is drawn for those who may see the link, and for nobody else."""

import httpx2

from liulian.qr.encode import qr_svg
from liulian.storage.database import Database
from tests.web.api import LINKS, api_key, bearer, client_of, make


async def test_code_says_the_short_url(program: httpx2.AsyncClient) -> None:
    link = await make(program)

    answer = await program.get(f"{LINKS}/{link['id']}/qr.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == qr_svg(link["short_url"])


async def test_code_of_anothers_link_is_not_there(program: httpx2.AsyncClient, database: Database) -> None:
    link = await make(program)

    async with client_of(database, token=await api_key(database, workspace=2)) as other:
        answer = await other.get(f"{LINKS}/{link['id']}/qr.svg")

    assert answer.status_code == 404


async def test_stranger_sees_the_code_by_the_manage_token(stranger: httpx2.AsyncClient) -> None:
    link = await make(stranger)

    answer = await stranger.get(f"{LINKS}/{link['id']}/qr.svg", headers=bearer(link["manage_token"]))

    assert answer.status_code == 200
