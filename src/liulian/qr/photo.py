"""Draw a photo anew, so that nothing is kept of it but what one sees: no place, no device, no date, no preview.

Also says what it looks like in 64 bits, by which photos that were used before are found again. Only a child process
loads this module (`child.py`). Never writes a file.
"""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from liulian.qr.model import PHOTO_EDGE_MAX, ImageBroken, Photo
from liulian.qr.picture import open_picture

QUALITY = 82
_PAPER = (255, 255, 255)
_LIKENESS_SIZE = (9, 8)  # Eight differences between neighbours in each of eight rows.
# Of 64. A sky or a wall has hardly a difference, and would look like every other one.
_DIFFERENCES_MIN, _DIFFERENCES_MAX = 6, 58


def plain_photo(data: bytes) -> Photo:
    """Return the upright photo, at most PHOTO_EDGE_MAX pixels long. Raises as `picture.open_picture`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd files; here a file is either read or refused.
        picture = open_picture(data)
        try:
            drawn = _drawn(picture)
        except Exception as problem:  # Whatever a decoder says of a foreign file: it is not read.
            raise ImageBroken from problem
    kept = BytesIO()
    drawn.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return Photo(jpeg=kept.getvalue(), likeness=likeness_of(drawn))


def likeness_of(picture: Image.Image) -> int | None:
    """Return 64 bits: where grey gets lighter from left to right. Sizes, qualities and slight retouching keep them.

    (dHash: N. Krawetz, "Kind of Like That", 2013.)
    """
    width, height = _LIKENESS_SIZE
    grey = picture.convert("L").resize(_LIKENESS_SIZE, Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(height):
        for column in range(width - 1):
            place = row * width + column
            bits = bits << 1 | (grey[place] < grey[place + 1])
    if not _DIFFERENCES_MIN <= bits.bit_count() <= _DIFFERENCES_MAX:
        return None
    return bits - (1 << 64) if bits >> 63 else bits


def _drawn(picture: Image.Image) -> Image.Image:
    picture.draft("RGB", (PHOTO_EDGE_MAX, PHOTO_EDGE_MAX))  # A JPEG then never unpacks more than twice that.
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode == "P":
        picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, _PAPER)  # New, so that nothing of the old file clings to it.
    paper.paste(picture.convert("RGB"), mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    paper.thumbnail((PHOTO_EDGE_MAX, PHOTO_EDGE_MAX), Image.Resampling.LANCZOS)
    return paper
