"""The pages that know no link, rendered once for each language and imprint. Pure. Pages of a link: `compiled.py`."""

from functools import lru_cache

from liulian.base.i18n import Language
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.interstitials import frame

PAGE_POLICY = frame.PAGE_POLICY
PAGE_BYTES_MAX = frame.PAGE_BYTES_MAX

REMEMBERED = 256  # Of each kind; one takes about 6 KB.


@lru_cache(maxsize=REMEMBERED)
def not_found_page(language: Language, imprint: Imprint = NO_IMPRINT, *, has_home: bool = True) -> bytes:
    """Return the page for a slug that names no link. `has_home`: the site has a home page to go to."""
    return frame.render("not_found.html", language, imprint=imprint, has_home=has_home).encode()


@lru_cache(maxsize=REMEMBERED)
def host_page(language: Language, host: str, imprint: Imprint = NO_IMPRINT) -> bytes:
    """Return what stands at the root of a domain that has links and nothing else."""
    return frame.render("host.html", language, imprint=imprint, host=host).encode()


@lru_cache(maxsize=REMEMBERED)
def no_host_page(language: Language) -> bytes:
    """Return the page for a name that leads to this server and means nothing here. It says nothing of whose it is."""
    return frame.render("no_host.html", language, imprint=NO_IMPRINT).encode()


@lru_cache(maxsize=REMEMBERED)
def unavailable_page(language: Language, imprint: Imprint = NO_IMPRINT) -> bytes:
    """Return the page for a link that cannot be looked up at this moment."""
    return frame.render("unavailable.html", language, imprint=imprint).encode()


@lru_cache(maxsize=REMEMBERED)
def too_many_page(language: Language, imprint: Imprint = NO_IMPRINT) -> bytes:
    """Return the page for somebody who asked for too many links that do not exist."""
    return frame.render("too_many.html", language, imprint=imprint).encode()
