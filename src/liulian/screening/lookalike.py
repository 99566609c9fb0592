"""Hosts that dress up as a site many people know. Flagged, never refused: the check is coarse. Pure, asks nobody.

Four costumes: letters of other scripts (`аpple.com` with a Cyrillic а), digits and pairs for letters
(`rnicrosoft.com`), mixed scripts in one name, and the whole name of another in front (`taobao.com.login.example`).
"""

import re
import unicodedata
from functools import cache, lru_cache

from liulian.screening.hosts import words_of

BRAND_LETTERS_MIN = 5  # In shorter names every second word would be a costume.

# Letters of other scripts that are drawn like Latin ones (a part of Unicode's confusables, UTS 39), and digits.
_LIKE = (
    "аa ɑa αa еe єe ҽe һh іi ιi јj ӏl оo οo рp ρp сc ϲc ԁd ɡg кk κk мm нn пn ԛq гr ѕs тt τt υu νv ѵv ωw ԝw хx χx уy "
    "үy ʏy ьb ʙb ıi 0o 1i 3e 5s |l"
)
_DRAWN_LIKE = {ord(pair[0]): pair[1] for pair in _LIKE.split()}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_COUNTRY = re.compile(r"[a-z]{2}\Z")  # apple.com.cn is Apple's.
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


@lru_cache(maxsize=4096)
def is_lookalike(host: str) -> bool:
    """Tell whether a host (normal form, other scripts as `xn--`) looks like a known site and is none of its hosts."""
    if any(host == brand or host.endswith(f".{brand}") for brand in _brands()):
        return False
    labels = [_shown(label) for label in host.split(".")]
    names = labels[:-1] or labels
    return any(_is_costume(name) or _mixes_scripts(name) for name in names) or _wears_a_whole_name(host)


def _is_costume(name: str) -> bool:
    parts = {name, *name.split("-")}
    return any(part not in _skeletons().values() and _skeleton(part) in _skeletons() for part in parts)


def _wears_a_whole_name(host: str) -> bool:
    """Tell whether a known site's whole name stands in front of the real one."""
    for brand in _brands():
        _, found, rest = f".{host}".partition(f".{brand}")
        if found and (rest[0] == "-" or (rest[0] == "." and not _COUNTRY.fullmatch(rest[1:]))):
            return True
    return False


def _mixes_scripts(name: str) -> bool:
    """Tell whether letters that are drawn alike come from more than one script."""
    if name.isascii():
        return False
    found = {unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}
    return len(found.intersection(_SCRIPTS)) > 1


def _skeleton(name: str) -> str:
    """Return what a name looks like: two names with one skeleton are hard to tell apart."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    drawn = plain.lower().translate(_DRAWN_LIKE)
    for pair, letter in _PAIRS:
        drawn = drawn.replace(pair, letter)
    return drawn.replace("l", "i")


def _shown(label: str) -> str:
    """Return a label as a browser may show it."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


@cache
def _brands() -> tuple[str, ...]:
    return tuple(words_of("brands.txt"))


@cache
def _skeletons() -> dict[str, str]:
    """Return the names of brands, without what stands behind the dot, by skeleton."""
    names = {brand.partition(".")[0] for brand in _brands()}
    return {_skeleton(name): name for name in names if len(name) >= BRAND_LETTERS_MIN}
