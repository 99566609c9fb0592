"""The gaps of a page, and what they are filled with from one link: every value escaped for where it stands. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from liulian.base.i18n import Language, text
from liulian.interstitials.app_names import opened_by
from liulian.interstitials.rule_words import rule_words
from liulian.interstitials.ways_out import WAYS_OUT, app_address
from liulian.links.audience import EVERYONE, Audience

URL_CHARS_MAX = 500  # Shown of a destination. Escaping makes at most 5 bytes of each; a page stays within its limit.

REPORT_CHARS_MAX = 800  # Of a short URL of more than some 70 Chinese letters the form asks again: the page is small.
APP_ADDRESS_BYTES_MAX = 4000  # Escaped. An app's own address has some 100; a page stays within its limit.

_PLAIN_URL = re.compile(rf"[0-9A-Za-z:/._-]{{1,{REPORT_CHARS_MAX}}}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPart:
    """What a page says of one link. `host` as it stands in `destination`, with its port; both in normal form.

    `short_url` is the whole short link, percent-encoded; `title` is the owner's; `app_url` is what a guard offers to
    the visitors of some apps.
    """

    host: str
    destination: str
    short_url: str
    audience: Audience = EVERYONE
    title: str | None = None
    app_url: str | None = None


class Filling(NamedTuple):
    """One link on one page: what the gaps are filled from. Made for every page that is sent, hence no dataclass."""

    own: OwnPart
    language: Language
    system: str
    app_url: str | None


def shortened(url: str) -> tuple[str, int]:
    """Return a URL with at most URL_CHARS_MAX characters of it, and how many in the middle are left out."""
    if len(url) <= URL_CHARS_MAX:
        return url, 0
    half = URL_CHARS_MAX // 2
    return f"{url[:half]} … {url[-half:]}", len(url) - 2 * half


def _host(filling: Filling) -> str:
    return escape(filling.own.host)


def _link(filling: Filling) -> str:
    return escape(filling.own.short_url)


def _shown(filling: Filling) -> str:
    return escape(shortened(filling.own.destination)[0])


def _left_out(filling: Filling) -> str:
    missing = shortened(filling.own.destination)[1]
    return _paragraph(text(filling.language, "pages.preview.shortened", count=missing)) if missing else ""


def _title(filling: Filling) -> str:
    return _paragraph(filling.own.title) if filling.own.title else ""


def _paragraph(words: str) -> str:
    return Markup('<p class="quiet">{}</p>').format(words)


def _rule(filling: Filling) -> str:
    return escape(rule_words(filling.own.audience, filling.language))


def _report(filling: Filling) -> str:
    short_url = filling.own.short_url
    if _PLAIN_URL.fullmatch(short_url):  # Nearly every one; a third of the time that `quote` takes.
        return "/report?url=" + short_url.replace(":", "%3A").replace("/", "%2F")
    return f"/report?url={quote(short_url, safe='')}" if len(short_url) <= REPORT_CHARS_MAX else "/report"


def _app_address(filling: Filling) -> str:
    """Where the app's own address is none that a page may lead to, or can hold, the button leads to the destination."""
    return _app_button(filling) or escape(f"{filling.own.short_url}/open")


def _app_button(filling: Filling) -> str | None:
    address = app_address(filling.app_url or "", short_url=filling.own.short_url, system=filling.system)
    written = escape(address or "")
    return written if 0 < len(written) <= APP_ADDRESS_BYTES_MAX else None


def _app_opens(filling: Filling) -> str:
    """What the button opens, whatever the button came to."""
    if filling.app_url is None or _app_button(filling) is None:
        return _host(filling)
    return escape(opened_by(filling.app_url, filling.language))


def _app_offer(filling: Filling) -> str:
    """What visitors of some apps are offered instead: a preview hides no way that the link may go."""
    if filling.own.app_url is None:
        return ""
    opened = opened_by(filling.own.app_url, filling.language)
    return _paragraph(text(filling.language, "pages.preview.app_offer", opened=opened))


def _outward(build: Callable[[str], str]) -> Callable[[Filling], str]:
    return lambda filling: escape(build(filling.own.short_url))


GAPS: Final[Mapping[str, Callable[[Filling], str]]] = {
    "host": _host,
    "link": _link,
    "shown": _shown,
    "left_out": _left_out,
    "title": _title,
    "rule": _rule,
    "report": _report,
    "app_address": _app_address,
    "app_opens": _app_opens,
    "app_offer": _app_offer,
    **{f"way_{name}": _outward(build) for name, build in WAYS_OUT.items()},
}
