"""Pages compiled once per (kind, app, system, language, imprint), joined with a link's own part when sent. Pure.

Used by both lanes of a click: knows no request, no clock, no database. What differs from link to link (host, short URL,
destination, the rule in words) is left open when a template is rendered; a page is then a row of pieces with gaps.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

from markupsafe import Markup

from liulian.base.i18n import Language, catalogue
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.interstitials.frame import render
from liulian.interstitials.gaps import GAPS, Filling, OwnPart
from liulian.interstitials.menus import find_menu
from liulian.interstitials.ways_out import way_out
from liulian.links.audience import Audience
from liulian.links.decide import Answer, Gone, Guide, NotAllowed, OpenApp, Preview, Redirect
from liulian.visitors.apps import BROWSER, BY_ID, WEBVIEW
from liulian.visitors.model import VisitorClass

# Kinds × apps × systems × languages are some 1,500, for each imprint; those in use are far fewer. One takes about 8 KB.
COMPILED_MAX = 512
_GAP = re.compile("\x02([a-z_]+)\x03")
_OPEN_GAPS: Final = {name: Markup(f"\x02{name}\x03") for name in GAPS}  # noqa: S704 - Our own marks.
_PAGES_OF_APPS: Final = frozenset({"guide", "not_allowed_guide"})


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Bytes and gaps in turn, the bytes first and last."""

    pieces: tuple[bytes, ...]
    gaps: tuple[Callable[[Filling], str], ...]

    def parts(self, filling: Filling) -> tuple[bytes, ...]:
        parts = [self.pieces[0]]
        for fill, piece in zip(self.gaps, self.pieces[1:], strict=True):
            parts += (fill(filling).encode(), piece)
        return tuple(parts)


_Key = tuple[str, str, str, Language, Imprint]  # Kind, app, system, language, imprint.


class Pages:
    """All pages of one process. Fills with use, and starts again when it is full."""

    def __init__(self) -> None:
        self._compiled: dict[_Key, _Compiled] = {}

    def page(
        self,
        answer: Answer,
        *,
        visitor: VisitorClass,
        language: Language,
        own: OwnPart,
        imprint: Imprint = NO_IMPRINT,
    ) -> bytes:
        """Return the page that shows `answer`, whole. A redirect has no page: ValueError."""
        return b"".join(self.parts(answer, visitor=visitor, language=language, own=own, imprint=imprint))

    def parts(
        self, answer: Answer, *, visitor: VisitorClass, language: Language, own: OwnPart, imprint: Imprint
    ) -> tuple[bytes, ...]:
        """Return the page in parts, to be joined when it is sent: shared by all links, and the link's own, in turn."""
        kind = _kind(answer, visitor, own.audience)
        # Where the app plays no part, its visitors share the page of the browser.
        app = visitor.container if kind in _PAGES_OF_APPS else BROWSER.id
        key = (kind, app, visitor.system, language, imprint)
        compiled = self._compiled.get(key)
        if compiled is None:
            if len(self._compiled) >= COMPILED_MAX:
                self._compiled.clear()
            compiled = self._compiled[key] = _compile(key)
        app_url = answer.app_url if isinstance(answer, OpenApp) else None
        return compiled.parts(Filling(own, language, visitor.system, app_url))


def _kind(answer: Answer, visitor: VisitorClass, audience: Audience) -> str:
    """Return the name of a page: its template, and behind a blank which face of it."""
    match answer:
        case Guide():
            return "guide"
        case Preview():
            return "preview"
        case OpenApp():
            return "open_app"
        case NotAllowed(by_container=by_container):
            return _not_allowed(visitor, audience, by_container=by_container)
        case Gone(reason=reason):
            return "gone" if reason is None else f"taken_down {_known_reason(reason)}"
        case Redirect():
            raise ValueError("A redirect has no page.")
        case _:
            assert_never(answer)


def _not_allowed(visitor: VisitorClass, audience: Audience, *, by_container: bool) -> str:
    """Return which face: the guide helps only where a browser may open the link; else the way leads into an app."""
    if not by_container:
        return "not_allowed device"
    leaves_app = visitor.container != BROWSER.id and BROWSER.id in audience.containers
    return "not_allowed_guide" if leaves_app else "not_allowed opener"


def _known_reason(reason: str) -> str:
    """Return the reason where we have words for it, else `other`: codes come from outside this package."""
    return reason if f"pages.taken_down.{reason}" in catalogue(Language.ZH) else "other"


def _name(app_id: str, language: Language) -> str | None:
    """Return what people call an app; None for a web view of which nothing is known."""
    if app_id == WEBVIEW.id:
        return None
    return BY_ID[app_id].zh if language is Language.ZH else BY_ID[app_id].en


def _compile(key: _Key) -> _Compiled:
    kind, app_id, system, language, imprint = key
    template, _, face = kind.partition(" ")
    page = render(
        f"{template}.html",
        language,
        imprint=imprint,
        own=_OPEN_GAPS,
        face=face,
        app=_name(app_id, language),
        menu=find_menu(app_id, system),
        way_out=way_out(app_id, system),
        is_phone=system in ("iOS", "Android", "HarmonyOS"),
        is_zh=language is Language.ZH,
    )
    parts = _GAP.split(page)
    return _Compiled(tuple(part.encode() for part in parts[::2]), tuple(GAPS[name] for name in parts[1::2]))
