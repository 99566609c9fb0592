"""Answers, visitors and links to make pages of."""

from itertools import product

from liulian.base.imprint import NUMBER_CHARS_MAX, Imprint
from liulian.interstitials.gaps import OwnPart
from liulian.links.audience import Audience
from liulian.links.decide import GUIDE, PREVIEW, Answer, Gone, NotAllowed, OpenApp
from liulian.links.guard import GUARDABLE
from liulian.visitors.model import VisitorClass, class_named

DESTINATION = "https://shop.example.com/tea?from=poster&id=91"
SHORT_URL = "https://s.example/AbCdEfG"
IMPRINT = Imprint(icp_number="粤ICP备20240001号-1", police_number="粤公网安备44030002000001号")
LONGEST_IMPRINT = Imprint(icp_number="'" * 2 * NUMBER_CHARS_MAX, police_number="'" * 2 * NUMBER_CHARS_MAX)
IN_WECHAT = class_named("wechat", system="iOS", form="mobile")
IN_CHROME = class_named("browser", system="Android", form="mobile")
ANSWERS: tuple[Answer, ...] = (
    GUIDE,
    PREVIEW,
    OpenApp("weixin://dl/chat"),
    NotAllowed(by_container=False),
    NotAllowed(by_container=True),
    Gone(),
    Gone("phishing"),
    Gone("a reason nobody has words for"),
)


def an_own_part(
    *,
    host: str = "shop.example.com",
    destination: str = DESTINATION,
    short_url: str = SHORT_URL,
    audience: Audience | None = None,
    title: str | None = None,
    app_url: str | None = None,
) -> OwnPart:
    allowed = an_audience(containers="browser") if audience is None else audience
    return OwnPart(
        host=host, destination=destination, short_url=short_url, audience=allowed, title=title, app_url=app_url
    )


def an_audience(*, systems: str = "", forms: str = "", containers: str = "") -> Audience:
    """Return an audience from words separated by spaces."""
    return Audience(
        systems=frozenset(systems.split()),
        forms=frozenset(forms.split()),
        containers=frozenset(containers.split()),
    )


def visitors() -> list[VisitorClass]:
    """Return one visitor of every app on both great systems, of WeChat on two more, and a browser."""
    held = product((*sorted(GUARDABLE), "browser"), ("iOS", "Android"))
    return [
        *(class_named(app, system=system, form="mobile") for app, system in held),
        class_named("wechat", system="HarmonyOS", form="mobile"),
        class_named("wechat", system="Windows", form="desktop"),
    ]
