"""The pages that know no link, and the one that knows nothing of its visitor. Pure: values to bytes.

Pages for a visitor of some class are in `compiled.py`.
"""

from urllib.parse import urlsplit

from liulian.base.i18n import Language
from liulian.interstitials import frame
from liulian.interstitials.compiled import Pages
from liulian.interstitials.gaps import OwnPart
from liulian.links.decide import PREVIEW
from liulian.visitors.model import BOT

PAGE_POLICY = frame.PAGE_POLICY
PAGE_BYTES_MAX = frame.PAGE_BYTES_MAX
_pages = Pages()


def not_found_page(language: Language) -> bytes:
    """Return the page for a slug that names no link."""
    return frame.render("not_found.html", language).encode()


def unavailable_page(language: Language) -> bytes:
    """Return the page for a link that cannot be looked up at this moment."""
    return frame.render("unavailable.html", language).encode()


def too_many_page(language: Language) -> bytes:
    """Return the page for somebody who asked for too many links that do not exist."""
    return frame.render("too_many.html", language).encode()


def preview_page(language: Language, *, short_url: str, destination: str, title: str | None) -> bytes:
    """Return the page of `/{slug}+`: where the link leads, host first, and one button to go on.

    `destination` is the parser's normal form. Of a very long one the middle is left out, and the page says so.
    """
    host = urlsplit(destination).netloc
    own = OwnPart(host=host, destination=destination, short_url=short_url, title=title)
    return _pages.page(PREVIEW, visitor=BOT, language=language, own=own)
