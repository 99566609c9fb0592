"""How long the QR code of a photo takes: ms for a JPEG of 12 megapixels, read here, and sent to the whole program."""

import http.client
import json
import statistics
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

import segno
from PIL import Image, ImageFilter

from benches.servers import liulian
from liulian.qr.decode import read_codes

TEXT = "https://s.example/AbCdEfG"
SIZE = (4_000, 3_000)
ROUNDS = 21
ADDRESS, BOUNDARY = "/api/v1/qr/decode", "a-photo-of-a-poster"


def photo() -> bytes:
    """Return a poster on a wall: light from one side, a little grain, the code turned and slightly out of focus."""
    drawn = BytesIO()
    segno.make_qr(TEXT, error="m").save(drawn, kind="png", scale=24)
    code = Image.open(drawn).convert("L").rotate(8, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    light = Image.linear_gradient("L").resize(SIZE)
    grain = Image.effect_noise(SIZE, 12)
    wall = Image.blend(light, grain, 0.5)
    wall.paste(code, (1_500, 1_000))
    file = BytesIO()
    wall.filter(ImageFilter.GaussianBlur(1)).convert("RGB").save(file, "JPEG", quality=88)
    return file.getvalue()


def run(*, smoke: bool) -> dict[str, Any]:
    """Return the medians: of reading alone, and of the whole request as its sender waits for it."""
    picture, rounds = photo(), 3 if smoke else ROUNDS
    assert [code.text for code in read_codes(picture)] == [TEXT]
    here = [_ms(lambda: read_codes(picture)) for _ in range(rounds)]
    with (
        tempfile.TemporaryDirectory() as folder,
        liulian(Path(folder), "serve", core=None, LIULIAN_WORKERS="1") as server,
    ):
        sender = http.client.HTTPConnection("127.0.0.1", server.port)
        first = _ms(lambda: _send(sender, picture))  # Nothing is warm yet.
        requests = [_ms(lambda: _send(sender, picture)) for _ in range(rounds)]
        sender.close()
    return {
        "megapixels": SIZE[0] * SIZE[1] // 1_000_000,
        "kilobytes": len(picture) // 1024,
        "decode_ms_median": round(statistics.median(here), 1),
        "request_ms_median": round(statistics.median(requests), 1),
        "request_ms_first": round(first, 1),
    }


def _ms(work: Callable[[], object]) -> float:
    before = perf_counter()
    work()
    return (perf_counter() - before) * 1000


def _send(sender: http.client.HTTPConnection, picture: bytes) -> None:
    """Send a picture as a browser does, and return once its codes are here."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo"\r\n\r\n'
    body = head.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    sender.request("POST", ADDRESS, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    told = json.load(sender.getresponse())
    if [code["text"] for code in told.get("codes", [])] != [TEXT]:
        raise RuntimeError(f"{ADDRESS} answered {told}")
