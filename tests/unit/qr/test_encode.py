"""A QR code is only good if a reader gets back what went in, so these tests read the drawing."""

import re
from xml.etree import ElementTree as ET

import segno

from liulian.qr.encode import QUIET_ZONE, qr_svg

SVG = "{http://www.w3.org/2000/svg}"
TEXT = "https://s.example/AbCdEfG?a=1&b=<2>"


def _drawn_modules(svg: bytes) -> set[tuple[int, int]]:
    dark = ET.fromstring(svg).findall(f"{SVG}path")[1].get("d") or ""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", dark)
    return {(int(x) + step, int(y)) for x, y, length, _ in runs for step in range(int(length))}


def test_every_dark_module_is_drawn_and_no_other() -> None:
    code = segno.make_qr(TEXT, error="m")

    expected = {
        (x + QUIET_ZONE, y + QUIET_ZONE) for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark
    }

    assert _drawn_modules(qr_svg(TEXT)) == expected


def test_drawing_is_crisp_has_a_title_and_a_quiet_zone_of_four() -> None:
    root = ET.fromstring(qr_svg(TEXT))
    side = len(segno.make_qr(TEXT, error="m").matrix) + 8

    assert root.get("viewBox") == f"0 0 {side} {side}"
    assert root.get("role") == "img"
    assert root.get("shape-rendering") == "crispEdges"
    assert root.findtext(f"{SVG}title") == TEXT


def test_error_level_is_at_least_m() -> None:
    assert segno.make_qr(TEXT, error="m").error in {"M", "Q", "H"}


def test_same_text_gives_the_same_bytes() -> None:
    assert qr_svg("https://s.example/短链") == qr_svg("https://s.example/短链")
