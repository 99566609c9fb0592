"""Connectors of a community: its official account, its company, its provider of single sign-on. For operators.

What may be shown is kept open, the one secret of each is sealed and never shown again. A connector says how somebody
can be known; what becomes of who comes that way is in `identities.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.accounts.vault import Vault
from liulian.base.errors import FieldError, InvalidRequest, NotFound
from liulian.base.ids import CommunityId
from liulian.community.service import community_for
from liulian.community.store import CommunityStore
from liulian.links.store import AuditLog

SECRET_LENGTH_MAX = 500
VALUE_LENGTH_MAX = 300


class ConnectorKind(StrEnum):
    """What a community is connected to."""

    WECHAT = "wechat"  # A verified service account (服务号).
    WECOM = "wecom"
    OIDC = "oidc"


SCOPES = ("snsapi_base", "snsapi_userinfo")
_APP_ID = re.compile(r"wx[0-9a-f]{16}")
_CORP_ID = re.compile(r"w[wx][0-9a-zA-Z]{16}")
_AGENT_ID = re.compile(r"[1-9][0-9]{0,9}")
_PRINTED = re.compile(r"[\x21-\x7e]+")


def _is_issuer(value: str) -> bool:
    url = urlsplit(value)
    return url.scheme in ("https", "http") and bool(url.netloc) and not url.query and not url.fragment


# What each kind has, and what is a proper value of it. `shares` and the like are "1" or "".
FIELDS: dict[ConnectorKind, dict[str, Callable[[str], bool]]] = {
    ConnectorKind.WECHAT: {
        "app_id": lambda value: bool(_APP_ID.fullmatch(value)),
        "scope": lambda value: value in SCOPES,
    },
    ConnectorKind.WECOM: {
        "corp_id": lambda value: bool(_CORP_ID.fullmatch(value)),
        "agent_id": lambda value: bool(_AGENT_ID.fullmatch(value)),
    },
    ConnectorKind.OIDC: {
        "issuer": _is_issuer,
        "client_id": lambda value: bool(_PRINTED.fullmatch(value)),
        "name": lambda value: value.isprintable(),
    },
}
USUAL = {"scope": "snsapi_base"}
_NAMES_IT = {ConnectorKind.WECHAT: "app_id", ConnectorKind.WECOM: "corp_id", ConnectorKind.OIDC: "issuer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One connector. `values` may be shown; `sealed` opens with the vault alone. Not `is_on`: kept, and not offered."""

    id: int
    community_id: CommunityId
    kind: ConnectorKind
    values: dict[str, str]
    sealed: bytes
    created_at: datetime
    updated_at: datetime
    is_on: bool = True

    def secret(self, vault: Vault) -> str:
        """Return the secret. Raises SealedElsewhere."""
        return vault.open(self.sealed, about=_about(self.community_id, self.kind)).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorWish:
    """What an operator says of a connector. `secret` None: as it was."""

    values: dict[str, str]
    secret: str | None = None
    is_on: bool = True


class ConnectorStore(Protocol):
    """Connectors, in one transaction."""

    async def find(self, community_id: CommunityId, kind: ConnectorKind) -> Connector | None: ...
    async def list_of(self, community_id: CommunityId) -> list[Connector]: ...
    async def put(self, connector: Connector) -> None: ...
    async def remove(self, community_id: CommunityId, kind: ConnectorKind) -> bool: ...


class ConnectorTransaction(Protocol):
    """What these services need of a transaction."""

    @property
    def connectors(self) -> ConnectorStore: ...
    @property
    def communities(self) -> CommunityStore: ...
    @property
    def audit(self) -> AuditLog: ...


async def list_connectors(actor: Actor, community_id: CommunityId, *, tx: ConnectorTransaction) -> list[Connector]:
    """Return all connectors of a community."""
    await community_for(actor, community_id, store=tx.communities)
    return await tx.connectors.list_of(community_id)


async def put_connector(
    actor: Actor,
    community_id: CommunityId,
    kind: ConnectorKind,
    wish: ConnectorWish,
    *,
    tx: ConnectorTransaction,
    vault: Vault,
    new_id: int,
    now: datetime,
) -> Connector:
    """Connect a community, or change how. Raises InvalidRequest."""
    await community_for(actor, community_id, store=tx.communities, scope=Scope.COMMUNITIES_WRITE)
    old = await tx.connectors.find(community_id, kind)
    values, errors = checked(kind, wish.values)
    # A secret belongs to the account it was given for, and must not be tried at another.
    is_same = old is not None and old.values.get(_NAMES_IT[kind]) == values.get(_NAMES_IT[kind])
    if wish.secret is None and not is_same:
        errors.append(FieldError("secret", "field_required"))
    if wish.secret is not None and not _is_secret(wish.secret):
        errors.append(FieldError("secret", "field_form"))
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    about = _about(community_id, kind)
    kept = old.sealed if old is not None else b""
    connector = Connector(
        id=new_id if old is None else old.id,
        community_id=community_id,
        kind=kind,
        values=values,
        sealed=kept if wish.secret is None else vault.seal(wish.secret.strip().encode(), about=about),
        created_at=now if old is None else old.created_at,
        updated_at=now,
        is_on=wish.is_on,
    )
    await tx.connectors.put(connector)
    await tx.audit.record(actor, "connector.changed", "community", community_id, now=now, connector=kind.value)
    return connector


async def remove_connector(
    actor: Actor, community_id: CommunityId, kind: ConnectorKind, *, tx: ConnectorTransaction, now: datetime
) -> None:
    """Take a connector away, with its secret. Raises NotFound where there is none."""
    await community_for(actor, community_id, store=tx.communities, scope=Scope.COMMUNITIES_WRITE)
    if not await tx.connectors.remove(community_id, kind):
        raise NotFound
    await tx.audit.record(actor, "connector.removed", "community", community_id, now=now, connector=kind.value)


def checked(kind: ConnectorKind, given: dict[str, str]) -> tuple[dict[str, str], list[FieldError]]:
    """Return the values of a connector in their normal form, and what is wrong with them."""
    values, errors = {}, [FieldError(name, "field_unknown") for name in given if name not in FIELDS[kind]]
    for name, is_proper in FIELDS[kind].items():
        value = (given.get(name) or USUAL.get(name, "")).strip()
        values[name] = value
        if not value:
            errors.append(FieldError(name, "field_required"))
        elif len(value) > VALUE_LENGTH_MAX or not is_proper(value):
            errors.append(FieldError(name, f"connector_{name}"))
    return values, errors


def _is_secret(secret: str) -> bool:
    return 0 < len(secret.strip()) <= SECRET_LENGTH_MAX and bool(_PRINTED.fullmatch(secret.strip()))


def _about(community_id: CommunityId, kind: ConnectorKind) -> str:
    return f"connector:{community_id}:{kind.value}"
