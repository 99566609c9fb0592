"""Two complete languages, Simplified Chinese first. Which one a person reads, and the sentences themselves."""

import json
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files


class Language(StrEnum):
    """A language in which every sentence of ours exists."""

    ZH = "zh-CN"
    EN = "en"


DEFAULT = Language.ZH
LANGUAGE_COOKIE = "lang"  # Set by the home page when somebody chooses.
ACCEPT_LANGUAGE_BYTES_MAX = 256  # Browsers send under 100; a longer list is noise.


def choose_language(
    *, asked: str | None = None, remembered: str | None = None, accepted: str | None = None
) -> Language:
    """Return the language of a page: what the address asks for, else the cookie, `Accept-Language`, or Chinese."""
    for wish in (asked, remembered):
        if wish and (language := _match(wish)):
            return language
    return _first_accepted(accepted[:ACCEPT_LANGUAGE_BYTES_MAX]) if accepted else DEFAULT


def text(language: Language, key: str, /, **params: str | int) -> str:
    """Return the sentence for `key`, its `{name}` places filled. A missing key raises KeyError: tests look for that.

    Where its number is one, the sentence `<key>_one` is said, if there is such: English has words for that.
    """
    sentences = catalogue(language)
    number = params.get("number", params.get("days"))
    one = sentences.get(f"{key}_one") if number in (1, "1") else None
    return (one or sentences[key]).format(**params)


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Return all sentences of one language by key: `home.title` is `title` in `locales/<language>/home.json`.

    A large area may have several files: `errors.rituals.json` belongs to `errors`.
    """
    folder = files("liulian.base").joinpath("locales", language.value)
    areas = [entry for entry in folder.iterdir() if entry.name.endswith(".json")]
    return {
        f"{area.name.partition('.')[0]}.{key}": sentence
        for area in areas
        for key, sentence in json.loads(area.read_text(encoding="utf-8")).items()
    }


def _match(tag: str) -> Language | None:
    primary = tag.strip().lower().partition("-")[0]
    return {"zh": Language.ZH, "en": Language.EN}.get(primary)


@lru_cache(maxsize=1024)  # Visitors send a few hundred different lists; the text comes from outside, so it is bounded.
def _first_accepted(accepted: str) -> Language:
    best, best_weight = DEFAULT, 0.0
    for part in accepted.split(","):
        tag, _, options = part.partition(";")
        language, weight = _match(tag), _weight(options)
        if language and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(options: str) -> float:
    name, _, value = options.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
