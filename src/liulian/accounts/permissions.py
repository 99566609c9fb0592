"""What a role lets a person do, and a key a program. Pure; asked by every service, decided nowhere else.

A right is one scope. A role is a set of them; a key carries its own, never more than who made it had.
"""

from enum import StrEnum


class Scope(StrEnum):
    """One right inside a workspace. The same words are used by keys, roles and documentation."""

    LINKS_READ = "links:read"
    LINKS_WRITE = "links:write"
    STATS_READ = "stats:read"
    DOMAINS_READ = "domains:read"
    DOMAINS_WRITE = "domains:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    KEYS_WRITE = "keys:write"
    AUDIT_READ = "audit:read"
    WORKSPACE_WRITE = "workspace:write"
    COMMUNITIES_READ = "communities:read"
    COMMUNITIES_WRITE = "communities:write"
    COMMUNITIES_PEOPLE = "communities:people"  # Who the members are, what they wrote, and keeping order among them.


class Role(StrEnum):
    """What a person is in a workspace. Each may all that those after it may."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    ANALYST = "analyst"


_ANALYST = frozenset(
    {Scope.LINKS_READ, Scope.STATS_READ, Scope.DOMAINS_READ, Scope.MEMBERS_READ, Scope.COMMUNITIES_READ}
)
_EDITOR = _ANALYST | {Scope.LINKS_WRITE, Scope.COMMUNITIES_WRITE, Scope.COMMUNITIES_PEOPLE}
_ADMIN = _EDITOR | {Scope.DOMAINS_WRITE, Scope.MEMBERS_WRITE, Scope.KEYS_WRITE, Scope.AUDIT_READ}

ALL_SCOPES = frozenset(Scope)
ROLE_SCOPES = {
    Role.OWNER: ALL_SCOPES,
    Role.ADMIN: _ADMIN,
    Role.EDITOR: _EDITOR,
    Role.ANALYST: _ANALYST,
}

KEY_SCOPES = _EDITOR  # What a key may that was made without naming its scopes.


def role_within(scopes: frozenset[Scope], role: Role) -> bool:
    """Tell whether who has these scopes may give, change or take this role: nobody grants more than they have."""
    return ROLE_SCOPES[role] <= scopes
