"""`make fuzz`: fifty thousand damaged pictures through the reader of QR codes. Each is read or refused, never worse.

    python -m benches.fuzz_images --images 50000

Ends with an error, and the seed, at the first picture that raises anything else; shows how much memory it took.
"""

import argparse
import random
import resource
from collections.abc import Callable
from io import BytesIO

import segno
from PIL import Image
from rich.progress import track

from liulian.base.errors import AppError
from liulian.qr.decode import read_codes

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
_ODD = (
    b"\0",
    b"\xff",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"IDAT",
    b"IEND",
    b"\xff\xd8",
    b"RIFF",
    b"ANIM",
)


class Breaker:
    """An endless source of pictures with mistakes; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._good = good_pictures()
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            self._flip, self._insert, self._delete, self._cut, self._join, self._overwrite,
        )  # fmt: skip

    def picture(self) -> bytes:
        """Return a picture with none to four mistakes."""
        picture = self._chance.choice(self._good)
        for _ in range(self._chance.choice((0, 1, 1, 1, 2, 2, 3, 4))):
            picture = self._chance.choice(self._ways)(picture)
        return picture

    def _place(self, picture: bytes) -> int:
        """Return a place, half of the time near the beginning: that is where formats say what follows."""
        return self._chance.randint(0, min(len(picture), 64) if self._chance.random() < 0.5 else len(picture))

    def _flip(self, picture: bytes) -> bytes:
        at = self._place(picture)
        return picture[:at] + bytes([self._chance.randrange(256)]) + picture[at + 1 :]

    def _insert(self, picture: bytes) -> bytes:
        at = self._place(picture)
        return picture[:at] + self._chance.choice(_ODD) + picture[at:]

    def _delete(self, picture: bytes) -> bytes:
        at = self._place(picture)
        return picture[:at] + picture[at + self._chance.choice((1, 2, 8, 100)) :]

    def _overwrite(self, picture: bytes) -> bytes:
        at, odd = self._place(picture), self._chance.choice(_ODD)
        return picture[:at] + odd + picture[at + len(odd) :]

    def _cut(self, picture: bytes) -> bytes:
        return picture[: self._place(picture)]

    def _join(self, picture: bytes) -> bytes:
        return picture[: self._place(picture)] + self._chance.choice(self._good)[self._place(picture) :]


def good_pictures() -> list[bytes]:
    """Return one small code in every format and mode that go together."""
    drawn = BytesIO()
    segno.make_qr("https://s.example/AbCdEfG", error="m").save(drawn, kind="png", scale=2)
    code = Image.open(drawn)
    return [_saved(code.convert(mode), kind) for kind in FORMATS for mode in MODES if _goes_together(kind, mode)]


def _goes_together(kind: str, mode: str) -> bool:
    return not (kind == "JPEG" and mode in {"LA", "P", "RGBA"}) and not (kind == "BMP" and mode == "LA")


def _saved(picture: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def is_read(picture: bytes) -> bool:
    """Return whether a picture was read, or refused in words of ours. Anything else is raised: it is a mistake."""
    try:
        read_codes(picture)
    except AppError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}")
    breaker = Breaker(wanted.seed)
    read = sum(is_read(breaker.picture()) for _ in track(range(wanted.images), description="pictures"))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{wanted.images} pictures, {read} read, the others refused, at most {peak_mb} MB of memory")


if __name__ == "__main__":
    main()
