"""Where a click came from: the referrer header and the campaign words of the short link's own query. Pure.

Order of belief: `utm_*` on the short link, because somebody wrote them; what a chat app appended (`from=timeline`); the
referrer, a web address or an app's package; else direct. Everything here comes from strangers: it is cut, cleaned and
never raises. Search words are not read from referrers: engines have stopped sending them, and they are nobody's
business.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus, urlsplit

from liulian.clicks.sources import (
    BY_ID,
    DIRECT,
    ENGINES_WITH_OTHER_PAGES,
    MESSAGE,
    REFERRAL,
    SEARCH,
    SEARCH_PAGES,
    SOCIAL,
    SOURCES,
    Source,
)

REFERER_LENGTH_MAX = 2048
QUERY_LENGTH_MAX = 2048
QUERY_PARTS_MAX = 100
WORD_LENGTH_MAX = 100  # Longer campaign words are accidents; the chart would not show them anyway.
REMEMBERED = 16_384  # At most 4 KB each, and mostly 200 bytes.


class Referrer(NamedTuple):
    """`host` is without `www.`, or an app's package, or empty. `source` is an id of `sources.py`, a host, or `direct`.

    `medium` is search, social, message, mail, referral, direct, or what `utm_medium` says. The others may be empty.
    """

    host: str
    source: str
    medium: str
    campaign: str
    term: str
    content: str


_HOSTS = {host: source for source in SOURCES for host in source.hosts.split()}
_PACKAGES = {package: source for source in SOURCES for package in source.packages.split()}
_GOOGLE_OR_YANDEX = re.compile(r"(?:^|\.)(google|yandex)(?:\.com?)?\.[a-z]{2,3}$")  # One for each country.
_HOST = re.compile(r"[a-z0-9_\-.:\[\]\u0080-\U0010ffff]+")
_PACKAGE = re.compile(r"(?:android|ios)-app://([a-z0-9_.\-]+)", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]+")

# What chat apps append to a shared address. WeChat: 朋友圈, a chat, a group.
_SHARED = {
    "timeline": ("wechat", SOCIAL),
    "singlemessage": ("wechat", MESSAGE),
    "groupmessage": ("wechat", MESSAGE),
    "appmessage": ("wechat", MESSAGE),
}


@lru_cache(maxsize=REMEMBERED)
def describe_referrer(referer: str, query: str) -> Referrer:
    """Return where a click came from. `query` is the short link's own, without the question mark. Never raises."""
    host = _host_of(referer[:REFERER_LENGTH_MAX].strip())
    words = _words_of(query[:QUERY_LENGTH_MAX])
    source, medium = _shared_by(words) or _place_of(host)
    named = words.get("utm_source", "").lower()
    if named:
        source, medium = named, BY_ID[named].medium if named in BY_ID else REFERRAL
    return Referrer(
        host=host,
        source=source,
        medium=words.get("utm_medium", "").lower() or medium,
        campaign=words.get("utm_campaign", ""),
        term=words.get("utm_term", ""),
        content=words.get("utm_content", ""),
    )


def _host_of(referer: str) -> str:
    """Return the host of a web address or the package of an app; empty for anything else."""
    package = _PACKAGE.match(referer)
    if package:
        return package[1].lower()[:WORD_LENGTH_MAX]
    try:
        parts = urlsplit(referer)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return ""
    if not host or not _HOST.fullmatch(host):
        return ""
    return host.rstrip(".").removeprefix("www.")[:WORD_LENGTH_MAX]


def _place_of(host: str) -> tuple[str, str]:
    if not host:
        return DIRECT, DIRECT
    package = _PACKAGES.get(host)
    if package:
        return package.id, package.medium
    labels = host.split(".")
    for start in range(len(labels) - 1):
        found = _HOSTS.get(".".join(labels[start:]))
        if found:
            return found.id, REFERRAL if _is_no_search_page(host, found) else found.medium
    abroad = _GOOGLE_OR_YANDEX.search(host)
    if abroad:
        return abroad[1], SEARCH
    return host, REFERRAL


def _is_no_search_page(host: str, found: Source) -> bool:
    """Google Docs and Baidu's encyclopaedia refer, although they belong to a search engine."""
    return found.id in ENGINES_WITH_OTHER_PAGES and host not in SEARCH_PAGES


def _words_of(query: str) -> dict[str, str]:
    """Return the first value of each parameter of interest, decoded and cleaned."""
    words: dict[str, str] = {}
    for part in query.split("&", QUERY_PARTS_MAX)[:QUERY_PARTS_MAX]:
        name, _, value = part.partition("=")
        name = name.lower()
        if name.startswith("utm_") or name == "from":
            words.setdefault(name, _clean(unquote_plus(value)))
    return words


def _clean(text: str) -> str:
    return _UNSEEN.sub(" ", text).strip()[:WORD_LENGTH_MAX].strip()


def _shared_by(words: dict[str, str]) -> tuple[str, str] | None:
    return _SHARED.get(words.get("from", ""))
