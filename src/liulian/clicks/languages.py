"""The language a visitor reads first, from `Accept-Language`; where that is missing, from what WeChat says. Pure.

Chinese keeps its region, because script and wording differ (`zh-CN`, `zh-TW`, `zh-HK`); of all others the language
alone is kept (`en`), so that charts are not split into forty kinds of English.
"""

import re
from functools import lru_cache

ACCEPT_LANGUAGE_LENGTH_MAX = 256
REMEMBERED = 4_096

_CHOICE = re.compile(r"([a-z]{2,3})((?:[-_][a-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*", re.IGNORECASE)
_IN_USER_AGENT = re.compile(r"\bLanguage/([a-z]{2}(?:[-_][a-z]{2,4})*)", re.IGNORECASE)
_SAME = {"iw": "he", "in": "id", "ji": "yi", "cmn": "zh", "nb": "no", "fil": "tl"}
_REGIONS_OF_CHINESE = ("CN", "TW", "HK", "MO", "SG")


@lru_cache(maxsize=REMEMBERED)
def primary_language(accept_language: str, *, user_agent: str = "") -> str:
    """Return `zh-CN`, `zh-TW`, `en` … or an empty string where nothing is said. Never raises."""
    best, best_weight = "", 0.0
    for choice in accept_language[:ACCEPT_LANGUAGE_LENGTH_MAX].split(","):
        found = _CHOICE.fullmatch(choice.strip())
        weight = float(found[3] or 1) if found else 0.0
        if found and weight > best_weight:
            best, best_weight = _normal(found[1], found[2]), weight
    if best or not user_agent:
        return best
    said = _IN_USER_AGENT.search(user_agent)
    return primary_language(said[1]) if said else ""


def _normal(language: str, rest: str) -> str:
    name = _SAME.get(language.lower(), language.lower())
    if name == "yue":
        return "zh-HK"
    if name != "zh":
        return name
    parts = rest.upper().replace("_", "-").split("-")
    region = next((part for part in parts if part in _REGIONS_OF_CHINESE), None)
    return f"zh-{region or ('TW' if 'HANT' in parts else 'CN')}"
