"""A photo is kept as what one sees, and nothing else. What cannot be kept is refused in words."""

import random
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageEnhance

from liulian.qr.apart import photo_apart
from liulian.qr.model import ImageAnimated, ImageBroken, ImageTooLarge, ImageUnknown
from liulian.qr.photo import likeness_of, plain_photo

GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def a_scene(seed: int = 1, *, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Return a picture with something in it: coarse patches of colour."""
    chance = random.Random(seed)
    small = Image.new("RGB", (12, 9))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(12 * 9)])
    return small.resize(size, Image.Resampling.BICUBIC)


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def apart(one: int | None, other: int | None) -> int:
    assert one is not None
    assert other is not None
    return ((one ^ other) & (1 << 64) - 1).bit_count()


def test_place_device_comment_and_profile_are_gone() -> None:
    exif = Image.Exif()
    exif[MAKER] = "Phone of Somebody"
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    given = saved(a_scene(), exif=exif, comment=b"at home", icc_profile=b"a profile", dpi=(300, 300))
    assert b"Somebody" in given
    assert Image.open(BytesIO(given)).getexif().get_ifd(GPS)

    kept = plain_photo(given).jpeg

    again = Image.open(BytesIO(kept))
    assert not again.getexif()
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Exif" not in kept
    assert b"Somebody" not in kept
    assert b"at home" not in kept


def test_photo_lies_as_it_was_held_and_is_no_larger_than_a_screen() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    kept = Image.open(BytesIO(plain_photo(saved(a_scene(size=(4000, 3000)), exif=exif)).jpeg))

    assert kept.size == (1200, 1600)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP"])
def test_pictures_of_other_kinds_become_jpegs(kind: str) -> None:
    assert plain_photo(saved(a_scene(), kind)).jpeg.startswith(b"\xff\xd8\xff")


def test_what_is_see_through_lies_on_white_paper() -> None:
    kept = Image.open(BytesIO(plain_photo(saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")).jpeg))

    assert kept.getpixel((10, 10)) == (255, 255, 255)


def test_same_photo_made_smaller_brighter_or_worse_still_looks_alike_and_another_does_not() -> None:
    scene = a_scene(7)
    known = plain_photo(saved(scene)).likeness

    for other in (
        saved(scene.resize((300, 225))),
        saved(scene, quality=25),
        saved(ImageEnhance.Brightness(scene).enhance(1.1)),
        saved(scene, "WEBP"),
    ):
        assert apart(known, plain_photo(other).likeness) <= 6
    assert apart(known, plain_photo(saved(a_scene(8))).likeness) > 6


def test_wall_looks_like_no_other_wall() -> None:
    assert likeness_of(Image.new("RGB", (50, 50), (120, 120, 120))) is None


def test_bomb_is_refused_by_its_head() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    with pytest.raises(ImageTooLarge):
        plain_photo(b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IDAT")


async def test_refusals_come_from_the_child_as_they_are() -> None:
    moving = saved(a_scene(), "GIF", save_all=True, append_images=[a_scene(2)])
    for given, refusal in ((b"text", ImageUnknown), (saved(a_scene())[:300], ImageBroken), (moving, ImageAnimated)):
        with pytest.raises(refusal):
            await photo_apart(given)


async def test_child_draws_what_this_process_would() -> None:
    given = saved(a_scene())

    assert await photo_apart(given) == plain_photo(given)
