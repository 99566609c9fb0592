"""What was read from a picture, and why a picture was not read. Loads no decoder: every web process imports this."""

from dataclasses import dataclass

from liulian.base.errors import AppError

FILE_BYTES_MAX = 10 * 1024**2  # A photo of today's phones has 2 to 8 MB.
MEGAPIXELS_MAX = 40  # What phones take by default; above it one picture would need half a gigabyte.

Point = tuple[int, int]
PHOTO_EDGE_MAX = 1_600  # Pixels of the longer edge of a photo that is kept: what a phone shows, at a megabyte at most.


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code. `corners` are pixels of the upright picture, clockwise from the code's own top left.

    `format` is `qr_code`, `micro_qr_code` or `rm_qr_code`: the names that browsers use.
    """

    text: str
    format: str
    corners: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture as it is kept: a JPEG of its pixels alone. `likeness`: 64 bits, None where there is little to see.

    As a number with a sign, because databases have no other.
    """

    jpeg: bytes
    likeness: int | None


class ImageUnknown(AppError):
    """It is no picture, or of a kind that we have no decoder for."""

    status, code = 422, "image_unknown"


class ImageBroken(AppError):
    """It begins like a picture, and then cannot be read: cut off, damaged, or made to do harm."""

    status, code = 422, "image_broken"


class ImageAnimated(AppError):
    """It has more than one frame, and nobody can know which of them is meant."""

    status, code = 422, "image_animated"


class ImageTooLarge(AppError):
    """It says that it has more pixels than we unpack, whatever its file weighs."""

    status, code = 422, "image_too_large"


IMAGE_REFUSALS = {kind.code: kind for kind in (ImageUnknown, ImageBroken, ImageAnimated, ImageTooLarge)}
