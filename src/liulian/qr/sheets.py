"""Many QR codes as one ZIP file, each as SVG for print and as PNG for everything else.

The same codes give the same file. Called in a child process (`child.py`): a hundred codes take a second.
"""

from collections.abc import Sequence
from io import BytesIO
from urllib.parse import unquote, urlsplit
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import segno

from liulian.qr.encode import QUIET_ZONE, qr_svg

CODES_MAX = 100  # As many as the home page takes lines.
PNG_SIDE = 1_024  # Pixels at least: sharp when printed 8 cm wide.


def qr_zip(urls: Sequence[str]) -> bytes:
    """Return `001-slug.svg`, `001-slug.png` and so on, in the order of `urls`."""
    whole = BytesIO()
    with ZipFile(whole, "w") as pack:
        for number, url in enumerate(urls, start=1):
            name = f"{number:03}-{_slug(url)}"
            pack.writestr(ZipInfo(f"{name}.svg"), qr_svg(url), compress_type=ZIP_DEFLATED)
            pack.writestr(ZipInfo(f"{name}.png"), qr_png(url), compress_type=ZIP_STORED)  # It is compressed already.
    return whole.getvalue()


def qr_png(text: str) -> bytes:
    """Return a QR code for `text` as a PNG picture, drawn like `encode.qr_svg`."""
    code = segno.make_qr(text, error="m")
    side = len(code.matrix) + 2 * QUIET_ZONE
    picture = BytesIO()
    code.save(picture, kind="png", scale=-(-PNG_SIDE // side), border=QUIET_ZONE)
    return picture.getvalue()


def _slug(url: str) -> str:
    return unquote(urlsplit(url).path).strip("/").replace("/", "-")
