"""Host names that somebody can own: their normal form, as a browser sends them, and which can belong to nobody. Pure.

Nothing is looked up: whether a name leads to this server, and whose it is, is proved elsewhere.
"""

import re
from ipaddress import ip_address

from ada_url import URL

from liulian.base.errors import FieldRefused

HOST_LENGTH_MAX = 253
# Names that only one network knows: nobody can register them, and no certificate is given for them.
LOCAL_SUFFIXES = (".localhost", ".test", ".local", ".internal", ".home.arpa", ".lan")

_TYPED = re.compile(r"[^\s/@:?#\\%\[\]]+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
# Where names are registered on the second level, below words like these. Coarse on purpose: a whole list of such
# suffixes goes out of date, and somebody who can prove one has its DNS.
_COUNTRIES = frozenset("ar au bd br cn hk id il in jp ke kr mo mx my ng nz pe ph pk sg th tr tw ua uk uy vn za".split())  # noqa: SIM905 - Words.
_REGISTRIES = frozenset("ac co com edu go gob gov id ind info ltd me mil name ne net nom or org plc re sch".split())  # noqa: SIM905


def parse_host(text: str) -> str:
    """Return the normal form of a host name: ASCII, lower case, other scripts as `xn--`. Raises FieldRefused."""
    typed = text.strip().removesuffix(".")
    if not _TYPED.fullmatch(typed):
        raise FieldRefused("domain_invalid")
    try:
        host = URL(f"http://{typed}/").hostname  # What a browser makes of it: `2130706433` is an address.
    except ValueError:
        raise FieldRefused("domain_invalid") from None
    if _is_address(host):
        raise FieldRefused("domain_address")
    if "." not in host or len(host) > HOST_LENGTH_MAX or not _NAME.fullmatch(host):
        raise FieldRefused("domain_invalid")
    if _is_registry(host):
        raise FieldRefused("domain_suffix", host=host)
    return host


def is_local(host: str) -> bool:
    """Tell whether a name (normal form) leads nowhere outside one network."""
    return f".{host}".endswith(LOCAL_SUFFIXES)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_registry(host: str) -> bool:
    """Tell whether names below this one belong to different people, as below `com.cn`."""
    second, _, country = host.partition(".")
    return host == "home.arpa" or (country in _COUNTRIES and second in _REGISTRIES)
