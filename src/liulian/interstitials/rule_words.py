"""An audience in words: `只能用 iOS 或 Android 系统的手机打开`. Pure; for the page of those who are not allowed."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from liulian.base.i18n import Language, text
from liulian.links.audience import DESKTOP_SYSTEMS, FORMS, OPENERS, SYSTEMS, Audience
from liulian.visitors.apps import BROWSER, BY_ID, WEBVIEW

_BORDER = re.compile("(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")

REMEMBERED_RULES = 1024  # Few audiences are in use at a time; the text of one is about 100 bytes.


@lru_cache(maxsize=REMEMBERED_RULES)
def rule_words(audience: Audience, language: Language) -> str:
    """Return the rule as one sentence."""
    device = _device(audience, language)
    apps = _listed(_app_names(audience.containers, language), language)
    if device and apps:
        sentence = text(language, "pages.not_allowed.both", device=device, apps=apps)
    elif apps:
        sentence = text(language, "pages.not_allowed.opener", apps=apps)
    else:
        sentence = text(language, "pages.not_allowed.device", device=device)
    return spaced(sentence) if language is Language.ZH else sentence


def spaced(sentence: str) -> str:
    """Return a sentence with the space that Chinese typesetting leaves between its own and Latin letters."""
    return _BORDER.sub(" ", sentence)


def _device(audience: Audience, language: Language) -> str:
    forms = _listed((text(language, f"pages.form.{form}") for form in FORMS if form in audience.forms), language)
    if not audience.systems:
        return forms
    if audience.systems == frozenset(DESKTOP_SYSTEMS) and not forms:
        return text(language, "pages.form.desktop")
    systems = _listed(_system_names(audience.systems, language), language)
    if not forms:
        return text(language, "pages.not_allowed.systems", systems=systems)
    return text(language, "pages.not_allowed.systems_and_forms", systems=systems, forms=forms)


def _system_names(systems: Iterable[str], language: Language) -> list[str]:
    chosen = frozenset(systems)
    names = [name for name in SYSTEMS if name in chosen and name != "other"]
    return [*names, text(language, "pages.system.other")] if "other" in chosen else names


def _app_names(containers: Iterable[str], language: Language) -> list[str]:
    chosen = frozenset(containers)
    apps = [BY_ID[opener] for opener in OPENERS if opener in chosen and opener not in (BROWSER.id, WEBVIEW.id)]
    names = [app.zh if language is Language.ZH else app.en for app in apps]
    names += [text(language, f"pages.opener.{each}") for each in (BROWSER.id, WEBVIEW.id) if each in chosen]
    return names


def _listed(names: Iterable[str], language: Language) -> str:
    """Return `iOS、Android 或 HarmonyOS`."""
    words: Sequence[str] = list(names)
    if len(words) < 2:
        return "".join(words)
    comma = text(language, "pages.list.comma") + ("" if language is Language.ZH else " ")
    return text(language, "pages.list.or", first=comma.join(words[:-1]), last=words[-1])
