"""The pages that know no link, rendered once for each language. Pure. Pages of a link are in `compiled.py`."""

from functools import cache

from liulian.base.i18n import Language
from liulian.interstitials import frame

PAGE_POLICY = frame.PAGE_POLICY
PAGE_BYTES_MAX = frame.PAGE_BYTES_MAX


@cache
def not_found_page(language: Language) -> bytes:
    """Return the page for a slug that names no link."""
    return frame.render("not_found.html", language).encode()


@cache
def unavailable_page(language: Language) -> bytes:
    """Return the page for a link that cannot be looked up at this moment."""
    return frame.render("unavailable.html", language).encode()


@cache
def too_many_page(language: Language) -> bytes:
    """Return the page for somebody who asked for too many links that do not exist."""
    return frame.render("too_many.html", language).encode()
