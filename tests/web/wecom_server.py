"""A small WeCom on a port of its own: the token of an app, who came back with a code, and its faults."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from liulian.channels.wecom import Hosts

CORP_ID, AGENT_ID, SECRET = "ww0123456789abcdef", "1000002", "a-secret-of-the-app"


@dataclass
class Wecom:
    """What the server does. `person`: what it says of who comes back. `faults`: by path, a number or a body."""

    server: HTTPServer
    person: dict[str, str] = field(default_factory=lambda: {"userid": "lin", "user_ticket": "ticket"})
    faults: dict[str, int | str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    token: str = "token-1"
    asked: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> Hosts:
        url = str(self.server.url_for("")).rstrip("/")
        return Hosts(open=url, api=url)

    def authorize(self, url: str) -> dict[str, str]:
        """Be the person who agrees inside WeCom."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert parts.fragment == "wechat_redirect"
        assert (query["appid"], query["agentid"], query["scope"]) == (CORP_ID, AGENT_ID, "snsapi_base")
        code = f"code-{len(self.asked)}-{len(self.codes)}"
        self.codes.add(code)
        return {"code": code, "state": query["state"]}

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        fault = self.faults.get(request.path)
        if isinstance(fault, str):
            return Response(fault, content_type="text/html")
        if fault is not None:
            return _json({"errcode": fault, "errmsg": "of a test, hint: [0]"})
        return _json(self._members(request))

    def _members(self, request: Request) -> dict[str, Any]:
        asked = request.args
        if request.path == "/cgi-bin/gettoken":
            if (asked["corpid"], asked["corpsecret"]) != (CORP_ID, SECRET):
                return {"errcode": 40001, "errmsg": "invalid credential"}
            return {"errcode": 0, "errmsg": "ok", "access_token": self.token, "expires_in": 7200}
        if asked["access_token"] != self.token:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        if asked["code"] not in self.codes:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.codes.discard(asked["code"])
        return {"errcode": 0, "errmsg": "ok", **self.person}


@contextmanager
def a_wecom(server: HTTPServer) -> Iterator[Wecom]:
    """Serve a WeCom that does everything right until told otherwise."""
    wecom = Wecom(server=server)
    for path in ("/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo"):
        server.expect_request(path).respond_with_handler(wecom.answer)
    yield wecom


def _json(members: dict[str, Any]) -> Response:
    return Response(json.dumps(members), content_type="application/json; charset=UTF-8")
