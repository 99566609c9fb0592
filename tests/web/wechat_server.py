"""A small WeChat on a port of its own: web login of a service account, its tokens, tickets, and its faults.

It speaks the documented interfaces as far as a web page sees them. What goes wrong is chosen by the test: an error
number, HTML where JSON was promised, half an answer.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from liulian.channels.wechat_oa import Hosts

APP_ID, SECRET = "wx520c15f417810387", "a-secret-of-the-account"
TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"


@dataclass
class Wechat:
    """What the server does. `faults`: by path, an error number, or the body it sends instead."""

    server: HTTPServer
    open_id: str = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"
    union_id: str | None = None
    nickname: str = "小林🍵"
    is_snapshot: bool = False
    faults: dict[str, int | str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    good_tokens: set[str] = field(default_factory=set)

    @property
    def hosts(self) -> Hosts:
        url = str(self.server.url_for("")).rstrip("/")
        return Hosts(open=url, api=url)

    def authorize(self, url: str) -> dict[str, str]:
        """Be the person who agrees inside WeChat: return what the browser is sent back with."""
        parts = urlsplit(url)
        assert parts.path == "/connect/oauth2/authorize"
        assert parts.fragment == "wechat_redirect"
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert list(query) == ["appid", "redirect_uri", "response_type", "scope", "state"]
        assert (query["appid"], query["response_type"]) == (APP_ID, "code")
        assert query["state"].isalnum()
        assert len(query["state"]) <= 128
        code = f"code-{len(self.codes)}"
        self.codes[code] = query["scope"]
        return {"code": code, "state": query["state"]}

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        fault = self.faults.get(request.path)
        if isinstance(fault, str):
            return Response(fault, content_type="text/html")
        if fault is not None:
            return _json({"errcode": fault, "errmsg": "of a test, rid: 0"})
        return _json(self._members(request))

    def _members(self, request: Request) -> dict[str, Any]:
        match request.path:
            case "/sns/oauth2/access_token":
                return self._exchange(request.args)
            case "/sns/userinfo":
                return self._person(request.args)
            case "/cgi-bin/stable_token":
                asked = request.get_json()
                assert asked == {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
                self.good_tokens.add(f"token-{len(self.asked)}")
                return {"access_token": f"token-{len(self.asked)}", "expires_in": 7200}
            case "/cgi-bin/ticket/getticket":
                if request.args["access_token"] not in self.good_tokens:
                    return {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}
                assert request.args["type"] == "jsapi"
                return {"errcode": 0, "errmsg": "ok", "ticket": TICKET, "expires_in": 7200}
        return {"errcode": 48001, "errmsg": "api unauthorized"}

    def _exchange(self, asked: Any) -> dict[str, Any]:
        if asked["appid"] != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if asked["secret"] != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        code = asked["code"]
        if code in self.spent:
            return {"errcode": 40163, "errmsg": "code been used"}
        if code not in self.codes:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.spent.add(code)
        told: dict[str, Any] = {
            "access_token": f"of-person-{code}",
            "expires_in": 7200,
            "refresh_token": "refresh",
            "openid": self.open_id,
            "scope": self.codes[code],
        }
        if self.union_id is not None:
            told["unionid"] = self.union_id
        return told | ({"is_snapshotuser": 1} if self.is_snapshot else {})

    def _person(self, asked: Any) -> dict[str, Any]:
        if not asked["access_token"].startswith("of-person-"):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if asked["openid"] != self.open_id:
            return {"errcode": 40003, "errmsg": "invalid openid"}
        told = {"openid": self.open_id, "nickname": self.nickname, "sex": 0, "headimgurl": "", "privilege": []}
        return told | ({"unionid": self.union_id} if self.union_id is not None else {})


@contextmanager
def a_wechat(server: HTTPServer) -> Iterator[Wechat]:
    """Serve a WeChat that does everything right until told otherwise."""
    wechat = Wechat(server=server)
    for path in ("/sns/oauth2/access_token", "/sns/userinfo", "/cgi-bin/stable_token", "/cgi-bin/ticket/getticket"):
        server.expect_request(path).respond_with_handler(wechat.answer)
    yield wechat


def _json(members: dict[str, Any]) -> Response:
    return Response(json.dumps(members, ensure_ascii=False), content_type="text/plain")  # As WeChat says of its JSON.
