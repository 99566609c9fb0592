"""A small provider of single sign-on on a port of its own: discovery, keys, codes with PKCE, tokens, and its faults.

It speaks OpenID Connect as far as a relying party sees it. What it gets wrong is chosen by the test.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.utils import redirect

CLIENT_ID, CLIENT_SECRET = "liulian", "a secret of both"


@dataclass
class Provider:
    """What the provider does. `claims` go into the next token; `header` into its head."""

    server: HTTPServer
    now: datetime
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    shown_keys: list[RSAKey] = field(default_factory=list)
    discovery: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    token: str | None = None
    status: int = 200
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked_tokens: int = 0
    says_no: bool = False

    @property
    def issuer(self) -> str:
        return str(self.server.url_for("")).rstrip("/")

    def authorize(self, url: str) -> tuple[str, str]:
        """Be the person who agrees: return code and state with which the browser is sent back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert set(query["scope"].split()) >= {"openid", "email"}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return code, query["state"]

    def answer_authorize(self, request: Request) -> Response:
        """Be the page of the provider: whoever comes agrees, or does not, and is sent back."""
        code, state = self.authorize(request.url)
        said = {"error": "access_denied"} if self.says_no else {"code": code}
        return redirect(f"{self.codes[code]['redirect_uri']}?{urlencode(said | {'state': state})}")

    def answer_discovery(self, _request: Request) -> Response:
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return _json(usual | self.discovery)

    def answer_keys(self, _request: Request) -> Response:
        return _json({"keys": [key.as_dict(private=False) for key in self.shown_keys or [self.key]]})

    def answer_token(self, request: Request) -> Response:
        self.asked_tokens += 1
        form = request.form
        asked = self.codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        is_right = (
            asked is not None
            and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == form["redirect_uri"]
            and (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        )
        if asked is None or not is_right or self.status != 200:
            return _json({"error": "invalid_grant"}, status=400 if self.status == 200 else self.status)
        at = int(self.now.timestamp())
        usual = {
            "iss": self.issuer,
            "sub": "lin-1",
            "aud": CLIENT_ID,
            "iat": at,
            "exp": at + 300,
            "nonce": asked["nonce"],
        }
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        token = self.token or jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return _json({"access_token": "x", "token_type": "Bearer", "id_token": token})


@contextmanager
def a_provider(server: HTTPServer, *, now: datetime) -> Iterator[Provider]:
    """Serve a provider that does everything right until told otherwise."""
    provider = Provider(server=server, now=now)
    server.expect_request("/.well-known/openid-configuration").respond_with_handler(provider.answer_discovery)
    server.expect_request("/authorize").respond_with_handler(provider.answer_authorize)
    server.expect_request("/keys").respond_with_handler(provider.answer_keys)
    server.expect_request("/token", method="POST").respond_with_handler(provider.answer_token)
    yield provider


def unsigned(claims: dict[str, Any]) -> str:
    """Return a token that says it needs no signature."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def _json(members: dict[str, Any], *, status: int = 200) -> Response:
    return Response(json.dumps(members), status=status, content_type="application/json")
