"""A verified service account (服务号) of WeChat: who somebody is, and leave to use the JS-SDK on a page of ours.

Web login inside WeChat: the browser is sent to open.weixin.qq.com and comes back with a code that is good once, for
five minutes. `snsapi_base` tells an open id and asks nothing; `snsapi_userinfo` asks, and tells a nickname too. Tokens
of the account itself come from the stable interface, which gives all processes the same one.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from liulian.channels.tencent import Kept, TokenEnded, Trouble, ask, failed, kept_until, text_in

USERINFO = "snsapi_userinfo"
# What their numbers mean here, from the tables of return codes of the service account's manual. Any other number is
# about how the account is set up.
TROUBLES = {
    -1: Trouble.BUSY,  # System busy.
    40001: Trouble.TOKEN,  # Secret wrong, or the token not the latest.
    40014: Trouble.TOKEN,
    42001: Trouble.TOKEN,
    40003: Trouble.NOBODY,  # Open id invalid.
    40029: Trouble.CODE,  # Code invalid: used, or another account's.
    40163: Trouble.CODE,  # Code been used.
    41008: Trouble.CODE,  # Code missing.
    42002: Trouble.CODE,  # Refresh token over time.
    42003: Trouble.CODE,  # Code over time.
    42007: Trouble.NOBODY,  # The person changed their password or took the leave back.
    48001: Trouble.SETUP,  # The account has no right to this interface.
    45009: Trouble.OFTEN,  # More calls than a day may have.
    45011: Trouble.OFTEN,  # More calls than a minute may have.
    50001: Trouble.NOBODY,  # The person has not given leave.
    50002: Trouble.NOBODY,
    61004: Trouble.SETUP,  # Our address is not on the account's list.
    40164: Trouble.SETUP,
}
# When a code is exchanged no token of ours is involved: there the number can only mean the secret.
_EXCHANGE = TROUBLES | {40001: Trouble.SETUP, 40014: Trouble.CODE, 42001: Trouble.CODE}
# Of a token of a person, which is seconds old.
_PERSON = TROUBLES | {40001: Trouble.CODE, 40014: Trouble.CODE, 42001: Trouble.CODE, 48001: Trouble.NOBODY}
_FETCH = TROUBLES | {40001: Trouble.SETUP, 40014: Trouble.SETUP, 42001: Trouble.SETUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Where WeChat is reached."""

    open: str = "https://open.weixin.qq.com"
    api: str = "https://api.weixin.qq.com"


OFFICIAL = Hosts()


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatPerson:
    """Who somebody is to an account. `union_id` None: the account belongs to no open platform."""

    open_id: str
    union_id: str | None = None
    nickname: str = ""


@dataclass(slots=True)
class _Things:
    """What an account was given for a while."""

    token: Kept | None = None
    ticket: Kept | None = None


@dataclass(frozen=True, slots=True)
class TokenShelf:
    """Tokens and tickets of all accounts, one shelf per process, by AppID."""

    _by_app: dict[str, _Things] = field(default_factory=dict)

    def of(self, app_id: str, secret: str) -> _Things:
        """Return what an account has; with another secret it begins anew."""
        name = hashlib.sha256(f"{app_id}\0{secret}".encode()).hexdigest()
        return self._by_app.setdefault(name, _Things())


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatAccount:
    """One service account."""

    app_id: str
    secret: str = field(repr=False)
    scope: str
    hosts: Hosts = OFFICIAL
    shelf: TokenShelf

    def start_url(self, *, redirect_uri: str, state: str) -> str:
        """Return where to send a browser inside WeChat. The order of the parameters is prescribed."""
        query = {
            "appid": self.app_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": self.scope,
            "state": state,
        }
        return f"{self.hosts.open}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    async def finish(self, code: str) -> WechatPerson:
        """Return who came back with a code. Raises ElsewhereFailed."""
        query = {"appid": self.app_id, "secret": self.secret, "code": code, "grant_type": "authorization_code"}
        answer = await ask(f"{self.hosts.api}/sns/oauth2/access_token", query=query, troubles=_EXCHANGE)
        open_id = text_in(answer, "openid")
        if answer.get("is_snapshotuser") == 1:
            raise failed(Trouble.NOBODY, "snapshot")  # Somebody looks at a preview: the id is nobody's.
        if self.scope != USERINFO:
            return WechatPerson(open_id=open_id, union_id=_union_id(answer))
        return await self._ask_person(open_id, token=text_in(answer, "access_token"), union_id=_union_id(answer))

    async def ticket(self, *, now: datetime) -> str:
        """Return the ticket that signatures of pages are made with. Raises ElsewhereFailed."""
        things = self.shelf.of(self.app_id, self.secret)
        if things.ticket is None or now >= things.ticket.until:
            things.ticket = await self._new_ticket(now=now)
        return things.ticket.value

    async def _ask_person(self, open_id: str, *, token: str, union_id: str | None) -> WechatPerson:
        query = {"access_token": token, "openid": open_id, "lang": "zh_CN"}
        answer = await ask(f"{self.hosts.api}/sns/userinfo", query=query, troubles=_PERSON)
        if text_in(answer, "openid") != open_id:
            raise failed(Trouble.BUSY, "another_openid")
        nickname = answer.get("nickname")
        return WechatPerson(
            open_id=open_id,
            union_id=_union_id(answer) or union_id,
            nickname=nickname if isinstance(nickname, str) else "",
        )

    async def _new_ticket(self, *, now: datetime) -> Kept:
        try:
            return await self._ask_ticket(now=now)
        except TokenEnded:  # Somebody else took a new token for this account.
            self.shelf.of(self.app_id, self.secret).token = None
        try:
            return await self._ask_ticket(now=now)
        except TokenEnded as ended:
            raise failed(Trouble.BUSY, "token_ended_twice") from ended

    async def _ask_ticket(self, *, now: datetime) -> Kept:
        query = {"access_token": await self._token(now=now), "type": "jsapi"}
        answer = await ask(f"{self.hosts.api}/cgi-bin/ticket/getticket", query=query, troubles=TROUBLES)
        return Kept(text_in(answer, "ticket"), kept_until(answer, now=now))

    async def _token(self, *, now: datetime) -> str:
        things = self.shelf.of(self.app_id, self.secret)
        if things.token is None or now >= things.token.until:
            asked = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.secret}
            answer = await ask(f"{self.hosts.api}/cgi-bin/stable_token", query={}, troubles=_FETCH, sent=asked)
            things.token = Kept(text_in(answer, "access_token"), kept_until(answer, now=now))
        return things.token.value


def js_signature(*, ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Return the signature of a page's address for the JS-SDK: SHA-1 over the four, sorted by name, nothing escaped."""
    plain = url.partition("#")[0]
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={plain}"
    return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()


def _union_id(answer: dict[str, Any]) -> str | None:
    union_id = answer.get("unionid")
    return union_id if isinstance(union_id, str) and union_id else None
