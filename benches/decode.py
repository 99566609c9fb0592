"""How long the QR code of a photo takes: ms for a JPEG of 12 megapixels, in this process and in a child of its own."""

import asyncio
import statistics
from collections.abc import Callable
from io import BytesIO
from time import perf_counter
from typing import Any

import segno
from PIL import Image, ImageFilter

from liulian.qr.apart import decode_apart
from liulian.qr.decode import read_codes

TEXT = "https://s.example/AbCdEfG"
SIZE = (4_000, 3_000)
ROUNDS = 21


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


def milliseconds_each(read: Callable[[bytes], object], picture: bytes, *, rounds: int) -> list[float]:
    spent = []
    for _ in range(rounds):
        before = perf_counter()
        read(picture)
        spent.append((perf_counter() - before) * 1000)
    return spent


def run(*, smoke: bool) -> dict[str, Any]:
    """Return the medians. Takes seconds either way."""
    picture, rounds = photo(), 3 if smoke else ROUNDS
    assert [code.text for code in read_codes(picture)] == [TEXT]
    here = milliseconds_each(read_codes, picture, rounds=rounds)
    apart = milliseconds_each(lambda data: asyncio.run(decode_apart(data)), picture, rounds=rounds)
    return {
        "megapixels": SIZE[0] * SIZE[1] // 1_000_000,
        "kilobytes": len(picture) // 1024,
        "decode_ms_median": round(statistics.median(here), 1),
        "apart_ms_median": round(statistics.median(apart), 1),
    }
