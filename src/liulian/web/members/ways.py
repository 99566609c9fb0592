"""The ways in that a page offers beside the one tap: accounts elsewhere, a letter, another browser. Those there are.

WeChat's web login works inside WeChat alone, WeCom's inside WeCom and, scanned, elsewhere: a way that leads nowhere is
not offered.
"""

from dataclasses import dataclass

from fastapi import Request

from liulian.base.i18n import Language
from liulian.community.connectors import Connector, ConnectorKind
from liulian.community.model import Community
from liulian.storage.database import Transaction
from liulian.visitors.apps import EVERY_ROW
from liulian.visitors.recognise import recognise
from liulian.web.parts import parts_of

_APPS = {
    Language.ZH: {app.id: app.zh for app in EVERY_ROW},
    Language.EN: {app.id: app.en for app in EVERY_ROW},
}
WECHAT_APPS, WECOM_APPS = frozenset({"wechat"}), frozenset({"wecom"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in. `kind` is also the end of its sentence's key, `name` what a provider is called."""

    kind: str
    path: str
    name: str = ""
    posts: bool = True  # False: a page of its own.


async def ways_in(request: Request, tx: Transaction, community: Community) -> tuple[Way, ...]:
    """Return the ways by which somebody can come in from this browser."""
    base = f"/c/{community.slug}"
    app = app_of(request)
    ways = [
        Way(kind=each.kind.value, path=f"{base}/oauth/{each.kind.value}", name=each.values.get("name", ""))
        for each in await tx.connectors.list_of(community.id)
        if each.is_on and _works_in(each, app)
    ]
    if parts_of(request).mailer is not None:
        ways.append(Way(kind="email", path=f"{base}/code", posts=False))
    ways.append(Way(kind="pair", path=f"{base}/pair", posts=False))
    return tuple(ways)


def app_of(request: Request) -> str:
    """Return the app that shows a page: `wechat`, `browser` …"""
    return recognise(request.headers.get("user-agent", "").encode("latin-1", "replace")).container


def browser_called(label: str, language: Language) -> str:
    """Return what a browser is called, from the names it was noted by: `wechat · iOS` is 微信 · iOS."""
    app, dot, system = label.partition(" · ")
    return f"{_APPS[language].get(app, app)}{dot}{system}"


def _works_in(connector: Connector, app: str) -> bool:
    match connector.kind:
        case ConnectorKind.WECHAT:
            return app in WECHAT_APPS
        case ConnectorKind.WECOM:
            return app in WECOM_APPS
        case ConnectorKind.OIDC:
            return True
