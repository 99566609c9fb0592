"""Pictures of codes as people send them: turned, small, grainy, bent, with a logo, on a busy ground."""

import random
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import segno
from PIL import Image, ImageDraw, ImageFilter, ImageOps

TEXT = "https://s.example/AbCdEfG"
PAPER, INK = 255, 0


class Sample(NamedTuple):
    """A picture, what its code says, and a name to find it by when it is not read."""

    name: str
    picture: Image.Image
    text: str


def code(text: str = TEXT, *, module: int = 8, error: str = "m", border: int = 4) -> Image.Image:
    drawn = BytesIO()
    segno.make_qr(text, error=error).save(drawn, kind="png", scale=module, border=border)
    return Image.open(drawn).convert("L")


def micro_code(text: str, *, module: int = 8) -> Image.Image:
    drawn = BytesIO()
    segno.make_micro(text).save(drawn, kind="png", scale=module, border=4)
    return Image.open(drawn).convert("L")


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def on_ground(*codes: Image.Image, side: int = 900, seed: int = 0) -> Image.Image:
    """Return codes beside each other on something grey and grainy, like a table."""
    ground = Image.effect_noise((side * len(codes), side), 30).point(lambda value: 60 + value // 2)
    for place, each in enumerate(codes):
        ground.paste(each, (place * side + (side - each.width) // 2 + seed % 7, (side - each.height) // 2))
    return ground


def bent(picture: Image.Image, *, share: float) -> Image.Image:
    """Return the picture as seen from the side: its upper edge is shorter by `share` at each end."""
    width, height = picture.size
    near = 1 / (1 - 2 * share)
    slope = (near - 1) / height
    coefficients = (near, width / 2 * slope, width / 2 * (1 - near), 0, near, 0, 0, slope)
    return picture.transform(
        picture.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR, fillcolor=PAPER
    )


def grainy(picture: Image.Image, *, grain: int, seed: int) -> Image.Image:
    chance = random.Random(seed)
    noise = bytes(min(255, max(0, value + int(chance.gauss(0, grain)))) for value in picture.tobytes())
    return Image.frombytes("L", picture.size, noise)


def with_logo(picture: Image.Image, *, share: float) -> Image.Image:
    picture = picture.copy()
    middle, half = picture.width / 2, picture.width * share / 2
    ImageDraw.Draw(picture).ellipse((middle - half, middle - half, middle + half, middle + half), fill=120)
    return picture


def corpus() -> Iterator[Sample]:
    """Yield some 200 pictures with one code each."""
    for version, text in enumerate((TEXT, f"{TEXT}?from=poster&id=91", "冬季茶饮健康三十天打卡", TEXT * 6)):
        yield from _of(text, name=f"text{version}")


def _of(text: str, *, name: str) -> Iterator[Sample]:
    for module in (2, 3, 5, 8, 16):
        yield Sample(f"{name}-module{module}", code(text, module=module), text)
    plain = code(text)
    for angle in range(0, 360, 15):
        yield Sample(f"{name}-angle{angle}", plain.rotate(angle, expand=True, fillcolor=PAPER), text)
    for grain in (20, 40, 60, 80):
        yield Sample(f"{name}-grain{grain}", grainy(plain, grain=grain, seed=grain), text)
    for share in (0.05, 0.1, 0.15, 0.2):
        yield Sample(f"{name}-bent{share}", bent(plain, share=share), text)
    for share in (0.1, 0.15, 0.2):
        yield Sample(f"{name}-logo{share}", with_logo(code(text, error="h"), share=share), text)
    for radius in (1, 2, 3):
        yield Sample(f"{name}-blur{radius}", plain.filter(ImageFilter.GaussianBlur(radius)), text)
    yield Sample(f"{name}-inverted", ImageOps.invert(plain), text)
    yield Sample(f"{name}-pale", plain.point(lambda value: 150 + value // 8), text)
    yield Sample(f"{name}-ground", on_ground(plain.resize((400, 400)).rotate(20, expand=True, fillcolor=PAPER)), text)
    yield Sample(f"{name}-crumpled", grainy(bent(plain.rotate(7, fillcolor=PAPER), share=0.1), grain=30, seed=3), text)
