"""Sign in at a provider of single sign-on (OpenID Connect, code flow with PKCE); believe only what it signed for us.

One provider, found by its issuer. Libraries are loaded when somebody first signs in so. Which account it is, is not
decided here.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlencode, urlsplit

from liulian.base.errors import AppError
from liulian.base.log import logger

if TYPE_CHECKING:
    from joserfc.jwk import KeySet, KeySetSerialization

TIMEOUT_S = 10.0
CLOCKS_DIFFER_S = 60
KNOWN_FOR = timedelta(hours=1)  # How long what the provider says about itself is believed.
SCOPES = "openid email profile"
# Only signatures that nobody but the provider can make: `none` and keys that we share with it are left out.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class OidcFailed(AppError):
    """The provider refused, did not answer, or said something that cannot be believed."""

    status, code = 502, "oidc_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcPerson:
    """Who somebody is at the provider. `email` None unless the provider says that it is theirs."""

    issuer: str
    subject: str
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What waits here while somebody is at the provider."""

    nonce: str
    verifier: str


@dataclass(slots=True, kw_only=True)
class _Known:
    """What the provider says about itself, and since when we know it."""

    endpoints: dict[str, Any]
    keys: dict[str, Any]
    at: datetime


class Ask(Protocol):
    """Asks a provider's server: returns the JSON object it answers. Raises OSError, TimeoutError or ValueError."""

    async def __call__(self, method: str, url: str, *, form: dict[str, str] | None = None) -> dict[str, Any]: ...


@dataclass(slots=True, kw_only=True)
class OidcProvider:
    """One provider and how it knows us. `domains`: whose addresses it answers for.

    `ask` None: its servers are ours to trust, and asked directly.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    domains: frozenset[str] = frozenset()
    ask: Ask | None = None
    _known: _Known | None = None

    async def start(self, *, redirect_uri: str, now: datetime) -> tuple[str, Trip]:
        """Return where to send the browser, still without `state`, and what has to wait here. Raises OidcFailed."""
        known = await self._look_up(now=now)
        trip = Trip(nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "nonce": trip.nonce,
            "code_challenge": _challenge(trip.verifier),
            "code_challenge_method": "S256",
        }
        endpoint = known.endpoints["authorization_endpoint"]
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}", trip

    async def finish(self, *, code: str, redirect_uri: str, trip: Trip, now: datetime) -> OidcPerson:
        """Return who came back with a code. Raises OidcFailed."""
        known = await self._look_up(now=now)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": trip.verifier,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        answer = await self._ask("POST", known.endpoints["token_endpoint"], form=form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _failed("no_id_token")
        claims = await self._believe(token, nonce=trip.nonce, known=known, now=now)
        email = claims.get("email")
        is_theirs = claims.get("email_verified") in (True, "true")
        return OidcPerson(
            issuer=self.issuer,
            subject=str(claims["sub"]),
            email=email if isinstance(email, str) and is_theirs else None,
        )

    async def _look_up(self, *, now: datetime) -> _Known:
        """Return what the provider says about itself, asked at most once an hour."""
        if self._known is None or now - self._known.at > KNOWN_FOR:
            endpoints = await self._ask("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if endpoints.get("issuer") != self.issuer:
                raise _failed("another_issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if urlsplit(str(endpoints.get(name))).scheme not in ("https", "http"):
                    raise _failed("no_" + name)
            self._known = _Known(endpoints=endpoints, keys=await self._ask("GET", endpoints["jwks_uri"]), at=now)
        return self._known

    async def _ask(self, method: str, url: str, *, form: dict[str, str] | None = None) -> dict[str, Any]:
        if self.ask is None:
            return await _ask(method, url, form=form)
        try:
            return await self.ask(method, url, form=form)
        except (OSError, TimeoutError, ValueError) as problem:
            raise _failed(type(problem).__name__) from problem

    async def _believe(self, token: str, *, nonce: str, known: _Known, now: datetime) -> dict[str, Any]:
        """Return what a token claims, once it is proven: signature, issuer, audience, time, nonce."""
        from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        try:
            try:
                decoded = jwt.decode(token, _keys(known), algorithms=ALGORITHMS)
            except InvalidKeyIdError:  # Providers change their keys; the new one is looked up once.
                known.keys = await self._ask("GET", known.endpoints["jwks_uri"])
                decoded = jwt.decode(token, _keys(known), algorithms=ALGORITHMS)
            wanted = {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True}}
            claims = CodeIDToken(decoded.claims, decoded.header, wanted, {"nonce": nonce, "client_id": self.client_id})
            claims.validate(now=int(now.timestamp()), leeway=CLOCKS_DIFFER_S)
        except (JoseError, ValueError, KeyError, TypeError) as problem:
            raise _failed(type(problem).__name__) from problem
        audience = claims["aud"]
        if self.client_id not in (audience if isinstance(audience, list) else [audience]):
            raise _failed("another_audience")
        return dict(claims)


async def _ask(method: str, url: str, *, form: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object that the provider answers. Raises OidcFailed."""
    import httpx2

    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = await client.request(method, url, data=form, headers={"Accept": "application/json"})
        members = answer.json() if answer.status_code == httpx2.codes.OK else None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as problem:
        raise _failed(type(problem).__name__) from problem
    if not isinstance(members, dict):
        raise _failed(f"status_{answer.status_code}")
    return members


def _keys(known: _Known) -> "KeySet":
    """Return the keys by which the provider signs."""
    from joserfc.jwk import KeySet

    return KeySet.import_key_set(cast("KeySetSerialization", known.keys))


def _challenge(verifier: str) -> str:
    """Return what the provider is shown of a verifier beforehand (RFC 7636)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _failed(reason: str) -> OidcFailed:
    """Say in the log what was wrong; whoever signs in is told only that it did not work."""
    logger.warning("oidc_failed", reason=reason)
    return OidcFailed()
