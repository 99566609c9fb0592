"""Codes are read from pictures as people send them; what is no still picture is refused in words of ours."""

import struct
import zlib
from io import BytesIO

import pytest
import segno
from PIL import Image, ImageOps

from liulian.base.errors import AppError
from liulian.qr.decode import read_codes
from liulian.qr.model import ImageAnimated, ImageBroken, ImageTooLarge, ImageUnknown
from tests.unit.qr.pictures import TEXT, code, corpus, micro_code, on_ground, saved

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
READ_SHARE_MIN = 0.99


def _texts(data: bytes) -> list[str]:
    return [code.text for code in read_codes(data)]


def test_ninety_nine_of_a_hundred_pictures_are_read() -> None:
    samples = list(corpus())

    missed = [sample.name for sample in samples if _texts(saved(sample.picture, "PNG")) != [sample.text]]

    assert len(samples) >= 150
    assert len(missed) <= (1 - READ_SHARE_MIN) * len(samples), missed


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_every_format_is_read(kind: str, mode: str) -> None:
    picture = code().convert(mode)
    if kind in {"JPEG", "WEBP", "AVIF"} and mode == "P":
        picture = picture.convert("RGB")

    assert _texts(saved(picture, kind)) == [TEXT]


def test_two_codes_come_with_their_places() -> None:
    left, right = code("https://s.example/left"), code("https://s.example/right")

    found = {each.text: each for each in read_codes(saved(on_ground(left, right), "JPEG"))}

    assert found.keys() == {"https://s.example/left", "https://s.example/right"}
    assert all(x < 900 for x, _ in found["https://s.example/left"].corners)
    assert all(x >= 900 for x, _ in found["https://s.example/right"].corners)


def test_corners_are_those_of_the_upright_picture() -> None:
    photo = Image.new("L", (400, 800), 255)
    photo.paste(code(module=4), (10, 20))
    lying = photo.rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn it clockwise by a quarter to see it upright.

    (found,) = read_codes(saved(lying, "JPEG", exif=exif))

    assert all(x < 200 and y < 200 for x, y in found.corners)


def test_micro_qr_is_read_and_named() -> None:
    (found,) = read_codes(saved(micro_code("12345"), "PNG"))

    assert (found.text, found.format) == ("12345", "micro_qr_code")


def test_chinese_without_declared_encoding_is_not_taken_for_japanese() -> None:
    drawn = BytesIO()
    segno.make_qr("扫码进群领茶".encode("gbk"), error="m").save(drawn, kind="png", scale=6)

    assert _texts(drawn.getvalue()) == ["扫码进群领茶"]


@pytest.mark.parametrize("is_light", [False, True])
def test_code_on_nothing_is_read_whichever_colour_it_has(is_light: bool) -> None:
    modules = code()
    ink = ImageOps.invert(modules)
    drawing = Image.merge("LA", (Image.new("L", modules.size, 255 if is_light else 0), ink))

    assert _texts(saved(drawing, "PNG")) == [TEXT]


def test_sixteen_bit_grey_is_read() -> None:
    picture = code().convert("I").point(lambda value: value * 257).convert("I;16")

    assert _texts(saved(picture, "PNG")) == [TEXT]


def test_picture_without_a_code_has_none() -> None:
    assert read_codes(saved(Image.effect_noise((300, 300), 60), "PNG")) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_cut_off_file_is_refused_as_broken(kind: str) -> None:
    whole = saved(on_ground(code()), kind)

    with pytest.raises(ImageBroken):
        read_codes(whole[: len(whole) // 2])


@pytest.mark.parametrize("kind", FORMATS)
def test_beginning_alone_is_refused_as_broken(kind: str) -> None:
    with pytest.raises(ImageBroken):
        read_codes(saved(code(), kind)[:24])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_moving_picture_is_refused(kind: str) -> None:
    frames = [code().convert("RGB"), code("another").convert("RGB").resize(code().size)]

    with pytest.raises(ImageAnimated):
        read_codes(saved(frames[0], kind, save_all=True, append_images=frames[1:]))


def test_photo_with_a_second_one_behind_it_is_read() -> None:
    assert _texts(saved(code().convert("RGB"), "MPO", save_all=True, append_images=[code("x").convert("RGB")])) == [
        TEXT
    ]


def _png_head(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1024))) + chunk(b"IEND", b"")


def _webp_head(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size


def _bmp_head(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("head", [_png_head, _webp_head, _bmp_head])
def test_bomb_is_refused_before_it_is_unpacked(head: type) -> None:
    with pytest.raises(ImageTooLarge):
        read_codes(head(16_000, 16_000))


def test_forty_megapixels_are_taken_and_one_row_more_is_not() -> None:
    assert read_codes(saved(Image.new("1", (8_000, 5_000), 1), "PNG")) == []
    with pytest.raises(ImageTooLarge):
        read_codes(saved(Image.new("1", (8_000, 5_001), 1), "PNG"))


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", b"%PDF-1.7", b"<svg/>", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"])
def test_what_is_no_picture_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ImageUnknown):
        read_codes(data)


def test_refusals_are_told_apart_by_their_codes() -> None:
    kinds: list[type[AppError]] = [ImageUnknown, ImageBroken, ImageAnimated, ImageTooLarge]

    assert len({kind.code for kind in kinds}) == len(kinds)
