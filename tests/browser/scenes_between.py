"""Pages that need more than a form to be reached: those between a visitor and a destination, and a way of several hops.

They are rendered as the server renders them, without a link or a foreign host for each.
"""

from datetime import UTC, datetime

from playwright.sync_api import Page

from liulian.base.i18n import Language
from liulian.base.imprint import NO_IMPRINT
from liulian.interstitials.compiled import Pages
from liulian.links.decide import GUIDE, PREVIEW, Answer, Gone, NotAllowed, OpenApp
from liulian.safety.expand import Ending, Expansion, Hop
from liulian.screening.verdict import Listing
from liulian.visitors.model import VisitorClass, class_named
from liulian.web.pages.assets import page_files
from liulian.web.pages.footer import DOCUMENTATION, PAGES, Footer
from liulian.web.pages.render import render
from tests.unit.interstitials.samples import IN_CHROME, IN_WECHAT, an_audience, an_own_part

# The answer, who gets it, and the audience that the page is about.
_ANSWERS: dict[str, tuple[Answer, VisitorClass, str]] = {
    "guide-wechat-ios": (GUIDE, IN_WECHAT, ""),
    "guide-wechat-android": (GUIDE, class_named("wechat", system="Android", form="mobile"), ""),
    "guide-computer": (GUIDE, class_named("wechat", system="Windows", form="desktop"), ""),
    "guide-way-out": (GUIDE, class_named("line", system="iOS", form="mobile"), ""),
    "guide-no-menu": (GUIDE, class_named("taobao", system="HarmonyOS", form="mobile"), ""),
    "preview-guard": (PREVIEW, IN_WECHAT, ""),
    "open-app": (OpenApp("weixin://dl/chat"), IN_CHROME, ""),
    "not-allowed-device": (NotAllowed(by_container=False), IN_CHROME, ""),
    "not-allowed-guide": (NotAllowed(by_container=True), IN_WECHAT, "browser"),
    "not-allowed-app": (NotAllowed(by_container=True), IN_CHROME, "wechat qq"),
    "expired": (Gone(), IN_CHROME, ""),
    "taken-down": (Gone("phishing"), IN_CHROME, ""),
}
_SHORT, _MIDDLE, _END = (
    "https://t.example/AbC12",
    "https://go.example.net/r?to=tea",
    "https://shop.example.com/tea?id=91",
)
_HOPS = (
    Hop(url=_SHORT, host="t.example", status=301),
    Hop(url=_MIDDLE, host="go.example.net", status=302),
    Hop(url=f"{_END}&from=poster&campaign={'winter-' * 12}", host="shop.example.com", status=200),
)
_LISTING = Listing(source="phishing-hosts", at=datetime(2025, 11, 3, tzinfo=UTC))
_WAYS = {
    "expanded": Expansion(hops=_HOPS, ending=Ending.ARRIVED, flags=("lookalike",)),
    "expanded-listed": Expansion(hops=_HOPS, ending=Ending.ARRIVED, listed=_LISTING),
    "expanded-broken": Expansion(
        hops=(*_HOPS[:1], Hop(url=_MIDDLE, host="go.example.net", status=None)), ending=Ending.UNREACHABLE
    ),
}
BETWEEN = (*_ANSWERS, *_WAYS)


def show_between(page: Page, *, name: str) -> None:
    """Show one of these pages under an address of ours, so that its styles are found."""
    language = Language(page.evaluate("navigator.language"))
    body = _way(_WAYS[name], language) if name in _WAYS else _between(name, language)
    page.route("**/shown", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto("/shown")


def _between(name: str, language: Language) -> bytes:
    answer, visitor, containers = _ANSWERS[name]
    audience = an_audience(containers=containers, systems="" if containers else "iOS")
    return Pages().page(answer, visitor=visitor, language=language, own=an_own_part(audience=audience))


def _way(found: Expansion, language: Language) -> bytes:
    footer = Footer(links=(*PAGES, DOCUMENTATION), imprint=NO_IMPRINT)
    page = render(
        "expand.html", language, files=page_files("tool"), footer=footer, typed=_SHORT, problem="", found=found
    )
    return page.encode()
