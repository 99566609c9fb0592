"""Pictures are read and codes are drawn over HTTP, apart from the web process, and every refusal has its code."""

import sys
from io import BytesIO
from subprocess import run
from zipfile import ZipFile

import httpx2
import pytest
from PIL import Image

from liulian.qr import apart
from liulian.qr.decode import read_codes
from liulian.qr.model import FILE_BYTES_MAX
from tests.unit.qr.pictures import TEXT, code, saved
from tests.web.api import BASE, problem, refused_fields

DECODE, ZIP = "/api/v1/qr/decode", "/api/v1/qr/zip"


async def _decode(client: httpx2.AsyncClient, picture: bytes, *, field: str = "file") -> httpx2.Response:
    return await client.post(DECODE, files={field: ("photo", picture, "application/octet-stream")})


async def test_codes_of_a_picture_are_answered(stranger: httpx2.AsyncClient) -> None:
    answer = await _decode(stranger, saved(code(module=4), "PNG"))

    (found,) = answer.json()["codes"]
    assert answer.status_code == 200
    assert (found["text"], found["format"], found["kind"]) == (TEXT, "qr_code", "url")
    assert found["corners"] == [[16, 16], [116, 16], [116, 116], [16, 116]]


async def test_group_code_is_named(stranger: httpx2.AsyncClient) -> None:
    answer = await _decode(stranger, saved(code("https://weixin.qq.com/g/AwYAAPqwc"), "JPEG"))

    assert answer.json()["codes"][0]["kind"] == "wechat_group"


async def test_picture_without_a_code_has_none(stranger: httpx2.AsyncClient) -> None:
    assert (await _decode(stranger, saved(Image.new("L", (50, 50)), "PNG"))).json() == {"codes": []}


@pytest.mark.parametrize(
    ("picture", "refusal"),
    [
        (b"", "image_unknown"),
        (b"hello", "image_unknown"),
        (saved(code(), "PNG")[:100], "image_broken"),
        (saved(Image.new("1", (8_000, 5_001)), "PNG"), "image_too_large"),
        (saved(code(), "GIF", save_all=True, append_images=[code("x").resize(code().size)]), "image_animated"),
    ],
)
async def test_what_is_no_still_picture_is_refused(stranger: httpx2.AsyncClient, picture: bytes, refusal: str) -> None:
    assert problem(await _decode(stranger, picture)) == (422, refusal)


async def test_ten_megabytes_are_taken_and_one_byte_more_is_not(stranger: httpx2.AsyncClient) -> None:
    whole = saved(code(), "PNG")

    assert (await _decode(stranger, whole + bytes(FILE_BYTES_MAX - len(whole)))).status_code == 200
    assert problem(await _decode(stranger, bytes(FILE_BYTES_MAX + 1))) == (413, "too_large")
    assert problem(await _decode(stranger, bytes(2 * FILE_BYTES_MAX))) == (413, "too_large")


async def test_file_must_be_there_and_be_a_file(stranger: httpx2.AsyncClient) -> None:
    assert refused_fields(await _decode(stranger, b"x", field="other")) == {"file": "field_required"}
    form = await stranger.post(DECODE, files={"file": (None, "text")})
    assert refused_fields(form) == {"file": "field_required"}


@pytest.mark.parametrize(
    ("media_type", "body", "refusal"),
    [
        ("application/json", b"{}", (415, "upload_type")),
        ("multipart/form-data", b"x", (400, "malformed_upload")),
        ("multipart/form-data; boundary=a", b"--b\r\n", (400, "malformed_upload")),
        ("multipart/form-data; boundary=a", b"--a\r\nno head\r\n", (400, "malformed_upload")),
    ],
)
async def test_what_is_no_upload_is_refused(
    stranger: httpx2.AsyncClient, media_type: str, body: bytes, refusal: tuple[int, str]
) -> None:
    answer = await stranger.post(DECODE, content=body, headers={"Content-Type": media_type})

    assert problem(answer) == refusal


async def test_too_many_tasks_are_sent_away_for_a_moment(
    stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "TASKS_MAX", 0)

    answer = await _decode(stranger, saved(code(), "PNG"))

    assert problem(answer) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


async def test_child_that_dies_is_a_broken_picture_and_nothing_else(
    stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "DECODE", b"?")  # No child can do that.

    assert problem(await _decode(stranger, saved(code(), "PNG"))) == (422, "image_broken")

    monkeypatch.undo()
    assert (await _decode(stranger, saved(code(), "PNG"))).status_code == 200


async def test_zip_has_a_drawing_and_a_picture_of_each_short_url(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post(ZIP, json={"urls": [f"{BASE}/AbCdEfG", f"{BASE}/冬季茶饮"]})

    pack = ZipFile(BytesIO(answer.content))
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert pack.namelist()[::2] == ["001-AbCdEfG.svg", "002-冬季茶饮.svg"]
    assert [each.text for each in read_codes(pack.read("001-AbCdEfG.png"))] == [f"{BASE}/AbCdEfG"]


async def test_zip_takes_a_hundred_short_urls_and_no_more(stranger: httpx2.AsyncClient) -> None:
    urls = [f"{BASE}/AbCdE{number:02}" for number in range(100)]

    assert len(ZipFile(BytesIO((await stranger.post(ZIP, json={"urls": urls})).content)).namelist()) == 200
    assert refused_fields(await stranger.post(ZIP, json={"urls": [*urls, urls[0]]})) == {"urls": "urls_count"}
    assert refused_fields(await stranger.post(ZIP, json={"urls": []})) == {"urls": "urls_count"}
    assert refused_fields(await stranger.post(ZIP, json=[])) == {"urls": "urls_count"}


@pytest.mark.parametrize(
    "url",
    ["https://other.example/AbCdEfG", "AbCdEfG", BASE, f"{BASE}/a/b", f"{BASE}/api", "ftp://s.example/a", 7, None],
)
async def test_zip_draws_nobody_elses_codes(stranger: httpx2.AsyncClient, url: object) -> None:
    answer = await stranger.post(ZIP, json={"urls": [f"{BASE}/AbCdEfG", url]})

    assert refused_fields(answer) == {"urls[1]": "url_not_ours"}


def test_web_process_loads_no_decoder() -> None:
    program = "import sys, liulian.web.app; sys.exit(bool({'PIL', 'zxingcpp'} & set(sys.modules)))"

    assert run([sys.executable, "-c", program], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode == 0
