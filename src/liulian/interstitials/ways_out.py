"""Addresses that lead out of an app by one tap of the visitor, where the app's maker or the system allows it. Pure.

They carry the short link, never the destination: what opens in the browser is seen and counted like any other visit.
Every address is built here from parts of our own link; nothing that an owner typed becomes part of its grammar.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

# Apps that pass an intent on to Android. The others swallow it, or show an error: there the way out is their own menu.
_PASS_INTENTS_ON: Final = frozenset(
    {"facebook", "messenger", "instagram", "threads", "x", "tiktok", "telegram", "snapchat", "linkedin", "pinterest"}
)
# Apps whose pages may hand an address to Safari (iOS 17 and later).
_HAND_TO_SAFARI: Final = frozenset({"instagram", "threads", "x"})
_OPENED_BY_US: Final = ("http", "https")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,40}", re.ASCII)
FALLBACK_CHARS_MAX: Final = 400  # Of the short URL. A longer one, twice encoded, would not leave a page its size.
# Schemes that a page could run or read with; `intent` is built by us alone.
_REFUSED_SCHEMES: Final = frozenset("about blob content data file filesystem intent javascript vbscript".split())  # noqa: SIM905


def way_out(app: str, system: str) -> str | None:
    """Return the name of the way out of `app` on `system`: a key of WAYS_OUT, None where only its menu helps."""
    if app in ("line", "kakaotalk"):
        return app
    if system == "Android" and app in _PASS_INTENTS_ON:
        return "intent"
    if system == "iOS" and app in _HAND_TO_SAFARI:
        return "safari"
    return None


def intent(short_url: str) -> str:
    """Return the address by which Android opens `short_url` in the chosen browser; without one, here and now."""
    scheme, _, rest = short_url.partition(":")
    return _intent(scheme, rest, short_url)


def app_address(app_url: str, *, short_url: str, system: str) -> str | None:
    """Return what opens `app_url` on `system`; None for an address that no page may lead to.

    On Android an app's own scheme becomes an intent, so that without the app the visitor gets to the destination.
    """
    scheme, colon, rest = app_url.partition(":")
    scheme = scheme.lower()
    if not colon or not _SCHEME.fullmatch(scheme) or scheme in _REFUSED_SCHEMES:
        return None
    if system != "Android" or scheme in _OPENED_BY_US:
        return app_url
    return _intent(scheme, rest, short_url)


def _intent(scheme: str, rest: str, short_url: str) -> str:
    """The system reads from the last `#` on, and what is quoted here holds none: nothing in `rest` can add to it."""
    fallback = f"S.browser_fallback_url={quote(f'{short_url}/open', safe='')};"
    return f"intent:{rest}#Intent;scheme={scheme};{fallback if len(short_url) <= FALLBACK_CHARS_MAX else ''}end"


def _safari(short_url: str) -> str:
    return f"x-safari-{short_url}"


def _line(short_url: str) -> str:
    return f"{short_url}?openExternalBrowser=1"


def _kakaotalk(short_url: str) -> str:
    return f"kakaotalk://web/openExternal?url={quote(short_url, safe='')}"


WAYS_OUT: Final[dict[str, Callable[[str], str]]] = {
    "intent": intent,
    "safari": _safari,
    "line": _line,
    "kakaotalk": _kakaotalk,
}
