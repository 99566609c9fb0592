"""The reader of QR codes, as the browser gets it: packed where it can be, as WebAssembly, for ever."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from liulian.web.pages.assets import FOR_EVER, STATIC, HashedFiles

READER = b"\0asm" + bytes(100)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    (tmp_path / "reader.wasm").write_bytes(READER)
    (tmp_path / "reader.wasm.gz").write_bytes(gzip.compress(READER))
    app = FastAPI()
    app.mount("/static", HashedFiles(directory=tmp_path))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://s.example") as client:
        yield client


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "gzip"), ("identity", None)])
async def test_reader_is_sent_packed_to_whoever_unpacks_it(
    client: httpx2.AsyncClient, accepted: str, encoding: str | None
) -> None:
    answer = await client.get("/static/reader.wasm", headers={"Accept-Encoding": accepted})

    assert answer.content == READER
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Content-Type"] == "application/wasm"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == FOR_EVER


async def test_missing_reader_is_not_found(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/static/other.wasm")).status_code == 404


def test_build_leaves_a_packed_reader() -> None:
    readers = list(STATIC.glob("*.wasm"))
    if not readers:
        pytest.skip("The front end is not built: make setup")

    assert all(gzip.decompress(Path(f"{path}.gz").read_bytes()) == path.read_bytes() for path in readers)
