"""Open a picture that a stranger sent, and make it grey. What cannot be read is refused in words of ours.

First step of reading a code. The size is checked before a pixel is unpacked. Only a child process loads this module
(`child.py`): what foreign bytes do to a decoder must not be done to a web process.
"""

import warnings
from io import BytesIO

# WebP and AVIF are named, because Pillow loads all of its forty plugins as soon as it misses one that it needs.
from PIL import AvifImagePlugin, Image, ImageOps, UnidentifiedImageError, WebPImagePlugin

from liulian.qr.model import MEGAPIXELS_MAX, ImageAnimated, ImageBroken, ImageTooLarge, ImageUnknown

FORMATS = ("PNG", "JPEG", WebPImagePlugin.WebPImageFile.format, "GIF", "BMP", AvifImagePlugin.AvifImageFile.format)
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
_WHITE, _BLACK = 255, 0

Image.MAX_IMAGE_PIXELS = None  # Pillow only warns, and after it has opened the file; `_check_size` refuses.


def grey_pictures(data: bytes) -> list[Image.Image]:
    """Return the upright picture in grey; where it is see-through, once on white and once on black paper.

    Raises ImageUnknown, ImageBroken, ImageAnimated or ImageTooLarge.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd files; here a file is either read or refused.
        picture = open_picture(data)
        try:
            return _greyed(picture)
        except Exception as problem:  # Whatever a decoder says of a foreign file: it is not read.
            raise ImageBroken from problem


def open_picture(data: bytes) -> Image.Image:
    """Return the picture, of which only the head was read. Raises as `grey_pictures`."""
    _check_size(*_webp_size(data))
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
        is_animated = bool(getattr(picture, "is_animated", False)) and picture.format != "MPO"
    except UnidentifiedImageError:
        raise (ImageBroken if _looks_known(data) else ImageUnknown) from None
    except Exception as problem:  # As above.
        raise ImageBroken from problem
    _check_size(*picture.size)
    if is_animated:  # An MPO is a photo with a second one for another screen behind it: phones make them.
        raise ImageAnimated
    return picture


def _check_size(width: int, height: int) -> None:
    if width * height > MEGAPIXELS_MAX * 1_000_000:
        raise ImageTooLarge(megapixels=MEGAPIXELS_MAX)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the head of a WebP file, else zeros: its decoder takes memory as it opens."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return 0, 0
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            sizes = int.from_bytes(data[21:25], "little")
            return 1 + (sizes & 0x3FFF), 1 + (sizes >> 14 & 0x3FFF)
        case _:
            return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def _looks_known(data: bytes) -> bool:
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or data.startswith(_BEGINNINGS) or data[4:12] in (b"ftypavif", b"ftypavis")


def _greyed(picture: Image.Image) -> list[Image.Image]:
    picture.draft("L", picture.size)  # A JPEG then never unpacks its colours; other formats ignore it.
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode == "P" and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if "A" not in picture.getbands():
        return [_without_colour(picture)]
    return _on_paper(_without_colour(picture), picture.getchannel("A"))


def _without_colour(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # Sixteen bits a pixel: the upper eight are what there is to see.
        picture = picture.point(lambda value: value * (1 / 256))
    return picture.convert("L")


def _on_paper(grey: Image.Image, opacity: Image.Image) -> list[Image.Image]:
    if opacity.getextrema() == (_WHITE, _WHITE):
        return [grey]
    papers = (Image.new("L", grey.size, shade) for shade in (_WHITE, _BLACK))
    return [Image.composite(grey, paper, opacity) for paper in papers]
