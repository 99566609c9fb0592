"""WeCom (企业微信): who somebody is to a company, member of staff or customer. Login inside WeCom, by its web OAuth.

The browser comes back with a code that is good once, for five minutes; it is exchanged with the token of the company's
app, which WeCom gives for two hours, and gives again to whoever asks meanwhile.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from liulian.channels.tencent import Kept, TokenEnded, Trouble, ask, failed, kept_until, text_in

# From WeCom's table of global error codes. Any other number is about how the app is set up.
TROUBLES = {
    -1: Trouble.BUSY,  # System busy.
    6000: Trouble.BUSY,  # Their data is just being changed.
    40001: Trouble.SETUP,  # Secret wrong.
    40013: Trouble.SETUP,  # CorpID wrong.
    40014: Trouble.TOKEN,
    42001: Trouble.TOKEN,
    41001: Trouble.TOKEN,
    40029: Trouble.CODE,  # Code invalid: used, over time, another app's.
    41008: Trouble.CODE,  # Code missing.
    42003: Trouble.CODE,
    45009: Trouble.OFTEN,
    45011: Trouble.OFTEN,
    45033: Trouble.OFTEN,
    50001: Trouble.SETUP,  # The address to come back to is not in the app's trusted domain.
    60011: Trouble.NOBODY,  # The app may not see this person.
    60020: Trouble.SETUP,  # Our address is not among the app's trusted addresses.
    60111: Trouble.NOBODY,  # No such user.
    301002: Trouble.SETUP,  # The app has no such right.
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Where WeCom is reached. Its login page is WeChat's."""

    open: str = "https://open.weixin.qq.com"
    api: str = "https://qyapi.weixin.qq.com"


OFFICIAL = Hosts()


@dataclass(frozen=True, slots=True, kw_only=True)
class WecomPerson:
    """Who somebody is to a company: `user_id` of its staff, or the `open_id` of who belongs to another company."""

    user_id: str | None = None
    open_id: str | None = None

    @property
    def name(self) -> str:
        """Return what tells this person from every other. No id of staff holds a colon."""
        return self.user_id if self.user_id is not None else f"open:{self.open_id}"


@dataclass(frozen=True, slots=True)
class TokenShelf:
    """Tokens of all apps, one shelf per process."""

    by_app: dict[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WecomApp:
    """One app of a company."""

    corp_id: str
    agent_id: str
    secret: str = field(repr=False)
    hosts: Hosts = OFFICIAL
    shelf: TokenShelf

    def start_url(self, *, redirect_uri: str, state: str) -> str:
        """Return where to send a browser inside WeCom."""
        query = {
            "appid": self.corp_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": self.agent_id,
        }
        return f"{self.hosts.open}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    async def finish(self, code: str, *, now: datetime) -> WecomPerson:
        """Return who came back with a code. Raises ElsewhereFailed."""
        try:
            answer = await self._ask_person(code, now=now)
        except TokenEnded:  # It ended before its time; the code was not looked at, so it is still good.
            self.shelf.by_app.pop(self._name, None)
            try:
                answer = await self._ask_person(code, now=now)
            except TokenEnded as ended:
                raise failed(Trouble.BUSY, "token_ended_twice") from ended
        user_id, open_id = (answer.get(name) or answer.get(old) for name, old in _NAMES)
        if isinstance(user_id, str) and user_id:
            return WecomPerson(user_id=user_id)
        return WecomPerson(open_id=open_id if isinstance(open_id, str) and open_id else text_in(answer, "openid"))

    async def _ask_person(self, code: str, *, now: datetime) -> dict[str, Any]:
        query = {"access_token": await self._token(now=now), "code": code}
        return await ask(f"{self.hosts.api}/cgi-bin/auth/getuserinfo", query=query, troubles=TROUBLES)

    async def _token(self, *, now: datetime) -> str:
        kept = self.shelf.by_app.get(self._name)
        if kept is None or now >= kept.until:
            query = {"corpid": self.corp_id, "corpsecret": self.secret}
            try:
                answer = await ask(f"{self.hosts.api}/cgi-bin/gettoken", query=query, troubles=TROUBLES)
            except TokenEnded as ended:
                raise failed(Trouble.SETUP, "no_token") from ended
            kept = Kept(text_in(answer, "access_token"), kept_until(answer, now=now))
            self.shelf.by_app[self._name] = kept
        return kept.value

    @property
    def _name(self) -> str:
        return hashlib.sha256(f"{self.corp_id}\0{self.secret}".encode()).hexdigest()


_NAMES = (("userid", "UserId"), ("openid", "OpenId"))  # As they are called now, and were before 2022.
