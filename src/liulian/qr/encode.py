"""Encode text as a QR code. Never reads a link or a request: the caller knows what the code should say."""

from html import escape
from io import BytesIO
from itertools import groupby

import segno

QUIET_ZONE = 4  # Modules of white around the code, as ISO/IEC 18004 asks: readers look for it.


def qr_svg(text: str) -> bytes:
    """Return a QR code for `text` as an SVG document, black on white also in a dark page: readers expect that.

    Error level M at least (15% may be dirty or torn); it is raised where that costs no larger code.
    """
    modules = segno.make_qr(text, error="m").matrix
    side = len(modules) + 2 * QUIET_ZONE
    title = escape(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges">'
        f"<title>{title}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{_dark_modules(modules)}"/></svg>\n'
    ).encode()


def _dark_modules(modules: tuple[bytearray, ...]) -> str:
    return "".join(_dark_runs(row, y=y) for y, row in enumerate(modules, start=QUIET_ZONE))


def _dark_runs(row: bytearray, *, y: int) -> str:
    """Return one rectangle for each run of dark modules: far fewer shapes than one for each module."""
    path, x = [], QUIET_ZONE
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            path.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return "".join(path)


def qr_png(text: str, *, pixels_per_module: int = 10) -> bytes:
    """Return a QR code for `text` as a PNG: what chat apps recognise when somebody presses long on a picture."""
    drawn = BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="png", scale=pixels_per_module, border=QUIET_ZONE)
    return drawn.getvalue()
