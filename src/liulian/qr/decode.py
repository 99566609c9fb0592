"""Read the codes of a picture: as it is, then blurred, inverted, and in other sizes. Second step after `picture.py`.

Stops at the first way that finds something, so that an ordinary photo costs one look. Never guesses: a code is read
with its checksum or not at all.
"""

from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from liulian.qr.model import Code, Point
from liulian.qr.picture import grey_pictures

_NAMES = {
    zxingcpp.BarcodeFormat.MicroQRCode: "micro_qr_code",
    zxingcpp.BarcodeFormat.RMQRCode: "rm_qr_code",
}
_DECLARED = ("]Q2", "]Q4", "]Q6")  # The symbology identifiers of codes that name their encoding.
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, *_NAMES])

CODES_MAX = 64  # More than any poster has; a page full of them would only make the answer long.
BLUR_RADIUS = 2  # Pixels. Takes the grain out of a photo: read of noisy pictures went from 11 to 24 of 24.
SIDE_SMALL = 800  # Up to here a picture is also tried twice and four times as large: modules of one or two pixels.
SIDE_PLENTY = 1_600  # Above it the further looks are at a smaller copy: what is readable at all is readable there.

# A picture to look at, and by how much its pixels must be multiplied to be those of the original.
Look = tuple[Image.Image, float]


def read_codes(data: bytes) -> list[Code]:
    """Return the codes of a picture, none when there are none.

    Raises ImageUnknown, ImageBroken, ImageAnimated or ImageTooLarge.
    """
    for picture in grey_pictures(data):
        for look, scale in _looks(picture):
            found = zxingcpp.read_barcodes(look, formats=_FORMATS)
            if found:
                return [_code(each, scale=scale) for each in found[:CODES_MAX]]
    return []


def _looks(picture: Image.Image) -> Iterator[Look]:
    yield picture, 1
    plenty, scale = _shrunk(picture)
    blurred = plenty.filter(ImageFilter.GaussianBlur(BLUR_RADIUS))
    yield blurred, scale
    yield ImageOps.invert(blurred), scale
    yield ImageOps.autocontrast(plenty, cutoff=2), scale
    if max(picture.size) <= SIDE_SMALL:
        yield from _enlarged(picture)
    else:
        half = plenty.reduce(2)
        yield half, 2 * scale
        yield ImageOps.invert(half), 2 * scale


def _shrunk(picture: Image.Image) -> Look:
    factor = -(-max(picture.size) // SIDE_PLENTY)
    return (picture.reduce(factor), factor) if factor > 1 else (picture, 1)


def _enlarged(picture: Image.Image) -> Iterator[Look]:
    for factor in (2, 4):
        size = (picture.width * factor, picture.height * factor)
        large = picture.resize(size, Image.Resampling.BICUBIC)
        yield large, 1 / factor
        yield large.filter(ImageFilter.GaussianBlur(BLUR_RADIUS)), 1 / factor


def _code(found: zxingcpp.Barcode, *, scale: float) -> Code:
    place = found.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    first, second, third, fourth = (_scaled(corner, scale=scale) for corner in corners)
    return Code(text=_text(found), format=_NAMES.get(found.format, "qr_code"), corners=(first, second, third, fourth))


def _scaled(corner: zxingcpp.Point, *, scale: float) -> Point:
    return round(corner.x * scale), round(corner.y * scale)


def _text(found: zxingcpp.Barcode) -> str:
    """Return what the code says. Chinese in the national encoding is seldom declared, and then guessed wrongly."""
    text, raw = str(found.text), bytes(found.bytes)
    if found.symbology_identifier.startswith(_DECLARED) or _is_encoded(raw, "utf-8"):
        return text
    if _is_encoded(raw, "gb2312") or (_has_half_width_katakana(text) and _is_encoded(raw, "gb18030")):
        return raw.decode("gb18030")
    return text


def _is_encoded(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _has_half_width_katakana(text: str) -> bool:
    """Tell whether a text has letters that nobody has written on purpose for thirty years: a wrong guess makes them."""
    return any("\uff61" <= letter <= "\uff9f" for letter in text)
