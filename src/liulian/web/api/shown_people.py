"""How people, workspaces and keys are shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from liulian.accounts.model import ApiKey
from liulian.accounts.people import (
    AuditEntry,
    Identity,
    Invitation,
    Member,
    Membership,
    Passkey,
    Session,
    SignedInUser,
    User,
)
from liulian.accounts.permissions import ROLE_SCOPES, Scope
from liulian.base.ids import UserId, encode_id
from liulian.storage.database import Transaction


async def shown_user(user: User, tx: Transaction) -> dict[str, Any]:
    """Return a person as they see themselves."""
    passkeys = await tx.users.list_passkeys(user.id)
    identities = await tx.users.list_identities(user.id)
    return {
        "id": encode_id(user.id),
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "has_password": user.password_hash is not None,
        "totp_enabled": user.has_totp,
        "passkeys": [shown_passkey(each) for each in passkeys],
        "identities": [_identity(each) for each in identities],
    }


def shown_passkey(passkey: Passkey) -> dict[str, Any]:
    return {
        "id": encode_id(passkey.id),
        "name": passkey.name,
        "created_at": instant(passkey.created_at),
        "last_used_at": instant(passkey.last_used_at) if passkey.last_used_at else None,
    }


def shown_membership(place: Membership) -> dict[str, Any]:
    return {
        "id": encode_id(place.workspace_id),
        "name": place.workspace_name,
        "role": place.role.value,
        "scopes": shown_scopes(ROLE_SCOPES[place.role]),
    }


def shown_session(session: Session, *, known: SignedInUser) -> dict[str, Any]:
    return {
        "id": encode_id(session.id),
        "current": session.id == known.session.id,
        "app": session.app,
        "system": session.system,
        "created_at": instant(session.created_at),
        "last_seen_at": instant(session.last_seen_at),
    }


def shown_member(member: Member) -> dict[str, Any]:
    return {
        "id": encode_id(member.user_id),
        "email": member.email,
        "name": member.name,
        "role": member.role.value,
        "joined_at": instant(member.joined_at),
        "has_second_factor": member.has_second_factor,
        "disabled": member.is_disabled,
        "last_seen_at": instant(member.last_seen_at) if member.last_seen_at else None,
    }


def shown_invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": encode_id(invitation.id),
        "email": invitation.email,
        "role": invitation.role.value,
        "created_at": instant(invitation.created_at),
        "expires_at": instant(invitation.expires_at),
    }


def shown_key(key: ApiKey, *, names: Mapping[UserId, str]) -> dict[str, Any]:
    """Return a key with who made it, as they are called now."""
    maker = key.created_by
    by = {"kind": "user", "id": encode_id(maker), "name": names.get(maker)} if maker is not None else None
    return {
        "id": encode_id(key.id),
        "name": key.name,
        "scopes": shown_scopes(key.scopes),
        "created_at": instant(key.created_at),
        "created_by": by,
        "last_used_at": instant(key.last_used_at) if key.last_used_at else None,
        "expires_at": instant(key.expires_at) if key.expires_at else None,
    }


def shown_entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": encode_id(entry.id),
        "at": instant(entry.at),
        "actor": {
            "kind": entry.actor_kind,
            "id": encode_id(entry.actor_id) if entry.actor_id is not None else None,
            "name": entry.actor_name,
        },
        "action": entry.action,
        "kind": entry.kind,
        "object_id": entry.object_id,
        "details": entry.details,
    }


def shown_scopes(scopes: Iterable[Scope]) -> list[str]:
    """Return scopes in their usual order."""
    had = set(scopes)
    return [scope.value for scope in Scope if scope in had]


def instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _identity(identity: Identity) -> dict[str, Any]:
    return {"issuer": identity.issuer, "email": identity.email, "created_at": instant(identity.created_at)}
