"""Render the pages that stand between a visitor and a destination: complete HTML, from values to bytes.

Used by both lanes of a click. Pure: no clock, no storage, no request. A page brings its own style and picture, so that
showing it costs one request, also inside a chat app; it holds no script, and every word from outside is escaped.
"""

import hashlib
from base64 import b64encode
from functools import partial
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from liulian.base.i18n import Language, text

PAGE_BYTES_MAX = 14_336  # What a server sends in its first flight: the page is complete after one round trip.
URL_CHARS_MAX = 1000  # Shown of a destination. Escaping makes at most 5 bytes of each, which keeps the limit above.

_pages = Environment(
    loader=PackageLoader("liulian.interstitials", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    auto_reload=False,
)
_STYLE = (_pages.loader.get_source(_pages, "page.css")[0] if _pages.loader else "").rstrip("\n")
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_not_found = _pages.get_template("not_found.html")
_unavailable = _pages.get_template("unavailable.html")
_preview = _pages.get_template("preview.html")

# The style is the same text on every page, so its hash can be named: stricter than 'unsafe-inline', and no nonce that
# would make each answer different. `data:` lets the empty icon spare the browser a second request.
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def not_found_page(language: Language) -> bytes:
    """Return the page for a slug that names no link."""
    return _not_found.render(_common(language)).encode()


def unavailable_page(language: Language) -> bytes:
    """Return the page for a link that cannot be looked up at this moment."""
    return _unavailable.render(_common(language)).encode()


def preview_page(language: Language, *, short_url: str, destination: str, title: str | None) -> bytes:
    """Return the page of `/{slug}+`: where the link leads, host first, and one button to go on.

    `destination` is the parser's normal form. Of a very long one the middle is left out, and the page says so.
    """
    shown, left_out = _shortened(destination)
    values = _common(language) | {
        "host": urlsplit(destination).netloc,
        "shown": shown,
        "left_out": left_out,
        "short_url": short_url,
        "title": title,
    }
    return _preview.render(values).encode()


def _common(language: Language) -> dict[str, object]:
    return {"language": language, "t": partial(text, language), "style": Markup(_STYLE)}  # noqa: S704  Our own file.


def _shortened(url: str) -> tuple[str, int]:
    if len(url) <= URL_CHARS_MAX:
        return url, 0
    half = URL_CHARS_MAX // 2
    return f"{url[:half]} … {url[-half:]}", len(url) - 2 * half
