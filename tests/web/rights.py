"""What every operation of the API asks for: the rights, a request that is right in itself, and what comes of it.

This is the table that the matrix of permissions is held to. An operation that is not here fails a test.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from liulian.accounts.permissions import ROLE_SCOPES, Role, Scope
from tests.web.one_of_each import (
    BADGE,
    CHALLENGE,
    CONNECTOR,
    FILE,
    GOAL,
    HEADS,
    MONEY,
    OCCURRENCE,
    RITUAL,
    SECRET,
    SEND,
)


class Kind(StrEnum):
    """Whom an operation is for."""

    WORKSPACE = "who belongs to the workspace and has the right"
    PERSON = "who is signed in, for themselves"
    PUBLIC = "everybody, whoever they are"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an operation asks for. `{name}` in texts of `send` is an id or token of the filled workspace.

    `done` is the answer to who may; `foreign` and `stranger` are those to somebody of another workspace and to who
    belongs nowhere; `manager` to who manages one link, None: as to a stranger. `keys`: to keys, where not as to people.
    `only`: the one person who may, of things that are somebody's own. `is_telling`: it shows things of the workspace.
    """

    kind: Kind = Kind.WORKSPACE
    needs: frozenset[Scope] = frozenset()
    send: dict[str, Any] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    done: int = 200
    foreign: int | None = None
    stranger: int = 401
    manager: int | None = None
    keys: int | None = None
    only: str | None = None
    is_telling: bool = False


def _can(*needs: Scope, **rest: Any) -> Rule:
    return Rule(needs=frozenset(needs), **rest)


def _body(**members: Any) -> dict[str, Any]:
    return {"json": members}


def _at(thing: str, **more: str) -> dict[str, str]:
    return {"id": f"{{{thing}}}"} | more


READ, WRITE = Scope.LINKS_READ, Scope.LINKS_WRITE
DOMAINS, DOMAINS_WRITE = Scope.DOMAINS_READ, Scope.DOMAINS_WRITE
MEMBERS, MEMBERS_WRITE = Scope.MEMBERS_READ, Scope.MEMBERS_WRITE
KEYS, AUDIT, WORKSPACE = Scope.KEYS_WRITE, Scope.AUDIT_READ, Scope.WORKSPACE_WRITE
GRANTING = (MEMBERS_WRITE, *ROLE_SCOPES[Role.ANALYST])  # Nobody gives or takes a role that may do more than they may.

LINK = {"path": _at("link"), "foreign": 404, "stranger": 404}
WISH = {"destination": "https://example.com/"}
QUERY = {"query": {"q": "tea"}}
PASSWORD = {"password": "a long enough password"}
TABLE = {"files": {"file": ("heads.csv", "时间,群,人数\n2026-03-01 08:00,一群,120\n".encode(), "text/csv")}}
FORM = {"files": {"file": ("links.csv", b"url,slug\nhttps://example.com/1,new\n", "text/csv")}}


def _own(**rest: Any) -> Rule:
    return Rule(kind=Kind.PERSON, **rest)


def _open(**rest: Any) -> Rule:
    return Rule(kind=Kind.PUBLIC, **rest)


def _named(plural: str, name: str, **wish: Any) -> dict[str, Rule]:
    """The four operations on tags, folders, views and UTM templates."""
    one = {"path": _at(name), "foreign": 404}
    return {
        f"GET /{plural}": _can(READ, is_telling=True),
        f"POST /{plural}": _can(WRITE, send=_body(name="New", **wish), done=201),
        f"PATCH /{plural}/{{id}}": _can(WRITE, send=_body(name="New"), **one),
        f"DELETE /{plural}/{{id}}": _can(WRITE, done=204, **one),
    }


_LINKS = {
    "GET /links": _can(READ, manager=200, is_telling=True),
    "POST /links": _can(WRITE, send=_body(**WISH), done=201, stranger=201),
    "POST /links/bulk": _can(WRITE, send=_body(links=[WISH]), stranger=200),
    "GET /links/{id}": _can(READ, is_telling=True, **LINK),
    "PATCH /links/{id}": _can(WRITE, send=_body(title="New"), **LINK),
    "DELETE /links/{id}": _can(WRITE, done=204, **LINK),
    "POST /links/{id}/archive": _can(WRITE, **LINK),
    "POST /links/{id}/restore": _can(WRITE, **LINK | {"path": _at("archived")}),
    "PUT /links/{id}/favourite": _can(READ, done=204, keys=403, **LINK | {"stranger": 401, "manager": 404}),
    "DELETE /links/{id}/favourite": _can(READ, done=204, keys=403, **LINK | {"stranger": 401, "manager": 404}),
    "GET /links/{id}/qr.svg": _can(READ, **LINK),
    "GET /links/{id}/stats": _can(Scope.STATS_READ, done=503, **LINK),  # Nobody counts in this installation.
    "POST /links/claim": _can(WRITE, send=_body(manage_token="{manage_token}")),
    "POST /links/clicks": _can(READ, send=_body(ids=["{link}"])),
    "POST /links/ids": _can(READ, send=_body()),
    "POST /links/bulk-edit": _can(WRITE, send=_body(ids=["{link}"], action="archive")),
}
# Anybody, as long as they are who they say: nothing is followed in this installation.
_EXPAND = {"POST /expand": _can(send=_body(url="https://example.com/a"), done=503, stranger=503)}
_NAMES = (
    _named("tags", "tag")
    | _named("folders", "folder")
    | _named("views", "view", **QUERY)
    | _named("utm-templates", "template")
)
_DOMAIN = {"path": _at("domain"), "foreign": 404}
_FILE = {"path": _at("domain", name=FILE), "foreign": 404}
_DOMAINS = {
    "GET /domains": _can(DOMAINS, is_telling=True),
    "POST /domains": _can(DOMAINS_WRITE, send=_body(host="new.example.com"), done=201),
    "GET /domains/{id}": _can(DOMAINS, is_telling=True, **_DOMAIN),
    "PATCH /domains/{id}": _can(DOMAINS_WRITE, send=_body(icp_number="1"), **_DOMAIN),
    "DELETE /domains/{id}": _can(DOMAINS_WRITE, done=204, **_DOMAIN),
    "POST /domains/{id}/verify": _can(DOMAINS_WRITE, **_DOMAIN),
    "GET /domains/{id}/files/{name}": _can(DOMAINS, is_telling=True, **_FILE),
    "PUT /domains/{id}/files/{name}": _can(DOMAINS_WRITE, send={"content": b"new"}, **_FILE),
    "DELETE /domains/{id}/files/{name}": _can(DOMAINS_WRITE, done=204, **_FILE),
}
_IMPORT = {"path": _at("import"), "foreign": 404}
_FINISHED = {"path": _at("finished"), "foreign": 404}
_TRANSFER = {
    "GET /imports": _can(WRITE, is_telling=True),
    "POST /imports": _can(WRITE, send=FORM, done=201),
    "GET /imports/{id}": _can(WRITE, is_telling=True, **_IMPORT),
    "PATCH /imports/{id}": _can(WRITE, send=_body(options={"on_taken_slug": "random"}), **_IMPORT),
    "POST /imports/{id}/start": _can(WRITE, send=_body(dry_run=True), **_IMPORT),
    "POST /imports/{id}/pause": _can(WRITE, done=409, **_IMPORT),
    "POST /imports/{id}/resume": _can(WRITE, done=409, **_IMPORT),
    "POST /imports/{id}/cancel": _can(WRITE, **_IMPORT),
    "GET /imports/{id}/rows": _can(WRITE, is_telling=True, **_FINISHED),
    "GET /imports/{id}/failures.csv": _can(WRITE, is_telling=True, **_FINISHED),
    "GET /exports/links.csv": _can(READ, is_telling=True),
    "GET /exports/links.json": _can(READ, is_telling=True),
    "GET /exports/everything.zip": _can(READ, is_telling=True),
}
BUILD = Scope.COMMUNITIES_WRITE
COMMUNITIES = Scope.COMMUNITIES_READ
PEOPLE = Scope.COMMUNITIES_PEOPLE
NEW_PROBLEM = {"who": "readers", "situation": "in the evening", "outcome": "a book a month"}
_COMMUNITY = {"path": _at("community"), "foreign": 404}
_CONNECTOR = {"path": _at("community", kind="oidc"), "foreign": 404}
_CHANNEL = {"path": _at("community", part_id="{channel}"), "foreign": 404}
_CHANGE = {"path": _at("community", part_id="{ritual}", occurrence=OCCURRENCE), "foreign": 404}


def _built(plural: str, name: str, wish: dict[str, Any], *others: str) -> dict[str, Rule]:
    """The operations on parts of communities. `others`: what else there is of the kind, in a list of all."""
    all_of, one = f"/communities/{{id}}/{plural}", f"/communities/{{id}}/{plural}/{{part_id}}"
    part = {"path": _at("community", part_id=f"{{{name}}}"), "foreign": 404}
    return {
        f"GET {all_of}": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
        f"POST {all_of}": _can(BUILD, send={"json": wish}, done=201, **_COMMUNITY),
        f"PUT {all_of}/order": _can(BUILD, send=_body(ids=[f"{{{each}}}" for each in (name, *others)]), **_COMMUNITY),
        f"GET {one}": _can(COMMUNITIES, is_telling=True, **part),
        f"PATCH {one}": _can(BUILD, send=_body(name="New"), **part),
        f"DELETE {one}": _can(BUILD, done=204, **part),
    }


_COMMUNITIES = {
    "GET /communities": _can(COMMUNITIES, is_telling=True),
    "POST /communities": _can(BUILD, send=_body(name="New", problem=NEW_PROBLEM), done=201),
    "POST /communities/from-template": _can(BUILD, WRITE, send=_body(template="tea"), done=201),
    "GET /communities/{id}": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "PATCH /communities/{id}": _can(BUILD, send=_body(name="New"), **_COMMUNITY),
    "DELETE /communities/{id}": _can(BUILD, done=204, **_COMMUNITY),
    "PUT /communities/{id}/rituals/{part_id}/changes/{occurrence}": _can(BUILD, send=_body(note="New"), **_CHANGE),
    "DELETE /communities/{id}/rituals/{part_id}/changes/{occurrence}": _can(BUILD, done=204, **_CHANGE),
    "GET /communities/{id}/services/{part_id}/versions": _can(
        COMMUNITIES, is_telling=True, path=_at("community", part_id="{challenge}"), foreign=404
    ),
    "GET /communities/{id}/services/{part_id}/results": _can(
        COMMUNITIES, is_telling=True, path=_at("community", part_id="{self_test}"), foreign=404
    ),
    "GET /communities/{id}/shared-answers": _can(PEOPLE, is_telling=True, **_COMMUNITY),
    "GET /communities/{id}/rituals/{part_id}/attendance": _can(
        COMMUNITIES, is_telling=True, path=_at("community", part_id="{ritual}"), foreign=404
    ),
    "GET /communities/{id}/broadcasts": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "GET /communities/{id}/broadcasts/draft": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    # There is one a week, and this week has it.
    "POST /communities/{id}/broadcasts": _can(BUILD, send=_body(name="New", body="New"), done=409, **_COMMUNITY),
    "GET /communities/{id}/goals/progress": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "GET /communities/{id}/channels": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "POST /communities/{id}/channels": _can(BUILD, WRITE, send=_body(name="New"), done=201, **_COMMUNITY),
    "GET /communities/{id}/channels/{part_id}": _can(COMMUNITIES, is_telling=True, **_CHANNEL),
    "PATCH /communities/{id}/channels/{part_id}": _can(BUILD, send=_body(name="New"), **_CHANNEL),
    "DELETE /communities/{id}/channels/{part_id}": _can(BUILD, done=204, **_CHANNEL),
    "GET /communities/{id}/members": _can(Scope.COMMUNITIES_PEOPLE, **_COMMUNITY),
    "GET /communities/{id}/members.csv": _can(Scope.COMMUNITIES_PEOPLE, **_COMMUNITY),
    "PATCH /communities/{id}/members/{part_id}": _can(
        PEOPLE, send=_body(role="host"), path=_at("community", part_id="{reader}"), foreign=404
    ),
    "GET /communities/{id}/flags": _can(PEOPLE, is_telling=True, **_COMMUNITY),
    "POST /communities/{id}/flags/{part_id}/decision": _can(
        PEOPLE, send=_body(do="dismiss"), path=_at("community", part_id="{flag}"), foreign=404
    ),
    "GET /communities/{id}/posts": _can(PEOPLE, is_telling=True, **_COMMUNITY),
    "POST /communities/{id}/posts/{part_id}/decision": _can(
        PEOPLE, send=_body(do="approve"), path=_at("community", part_id="{post}"), foreign=404
    ),
    "GET /communities/{id}/connectors": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "PUT /communities/{id}/connectors/{kind}": _can(BUILD, send=_body(**CONNECTOR), **_CONNECTOR),
    "DELETE /communities/{id}/connectors/{kind}": _can(BUILD, done=204, **_CONNECTOR),
    "POST /communities/{id}/acts": _can(BUILD, send=_body(acts=[HEADS]), **_COMMUNITY),
    "POST /communities/{id}/evidence": _can(BUILD, send=TABLE, **_COMMUNITY),
    "GET /communities/{id}/sends": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "POST /communities/{id}/sends": _can(BUILD, send=_body(**SEND | {"key": "new"}), **_COMMUNITY),
    "GET /communities/{id}/sends/{part_id}": _can(
        COMMUNITIES, is_telling=True, path=_at("community", part_id="{send}"), foreign=404
    ),
    "GET /communities/{id}/money": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "POST /communities/{id}/money": _can(BUILD, send=_body(entries=[MONEY | {"key": "new"}]), **_COMMUNITY),
    "GET /communities/{id}/money/sums": _can(COMMUNITIES, is_telling=True, **_COMMUNITY),
    "GET /community-templates": _can(COMMUNITIES),
    "GET /community-templates/{key}": _can(COMMUNITIES, path={"key": "tea"}),
    **_built("goals", "goal", GOAL),
    **_built("badges", "badge", BADGE),
    **_built("rituals", "ritual", RITUAL),
    **_built("services", "challenge", CHALLENGE, "self_test"),
}
_MEMBER = {"path": _at("member"), "foreign": 404}
_WORKSPACE = {
    "GET /workspace": _can(is_telling=True),
    "PATCH /workspace": _can(WORKSPACE, send=_body(name="New")),
    "DELETE /workspace": _can(WORKSPACE, send=_body(name=SECRET), done=409, foreign=422),  # The first one stays.
    "GET /members": _can(MEMBERS, is_telling=True),
    "PATCH /members/{id}": _can(*GRANTING, send=_body(role="analyst"), **_MEMBER),
    "DELETE /members/{id}": _can(*GRANTING, done=204, **_MEMBER),
    "GET /invitations": _can(MEMBERS, is_telling=True),
    "POST /invitations": _can(*GRANTING, send=_body(role="analyst"), done=201),
    "DELETE /invitations/{id}": _can(MEMBERS_WRITE, done=204, path=_at("invitation"), foreign=404),
    "GET /api-keys": _can(KEYS, is_telling=True),
    "POST /api-keys": _can(KEYS, send=_body(name="New", scopes=["keys:write"]), done=201),
    "DELETE /api-keys/{id}": _can(KEYS, done=204, path=_at("key"), foreign=404),
    "GET /audit": _can(AUDIT, is_telling=True),
    "GET /audit.csv": _can(AUDIT, is_telling=True),
}
_ME = {
    "GET /me": _own(),
    "PATCH /me": _own(send=_body(name="New")),
    "POST /me/password": _own(send=_body(current=PASSWORD["password"], new="another long password"), done=204),
    "GET /me/sessions": _own(),
    "DELETE /me/sessions": _own(done=204),
    "DELETE /me/sessions/{id}": _own(path=_at("session"), done=204, only="owner"),
    "POST /me/identities/{provider}": _own(path={"provider": "oidc"}, done=404),
    "DELETE /me/identities/{provider}": _own(path={"provider": "oidc"}, done=404),
    "POST /me/totp": _own(),
    "DELETE /me/totp": _own(send=_body(**PASSWORD), done=204),
    "POST /me/totp/confirm": _own(send=_body(code="000000"), done=409),
    "POST /me/passkeys/options": _own(),
    "POST /me/passkeys": _own(send=_body(token="unknown", credential={}, name="New"), done=410),
    "PATCH /me/passkeys/{id}": _own(path=_at("passkey"), send=_body(name="New"), done=204, only="owner"),
    "DELETE /me/passkeys/{id}": _own(path=_at("passkey"), done=204, only="owner"),
    "POST /workspaces": _own(send=_body(name="New"), done=201),
}
_EVERYBODY = {
    "POST /setup": _open(send=_body(token="unknown", email="a@example.com", name="New", **PASSWORD), done=410),
    "GET /session": _open(),
    "POST /session": _open(send=_body(email="nobody@example.com", **PASSWORD), done=401),
    "DELETE /session": _open(done=204),
    "POST /session/passkey/options": _open(),
    "POST /session/passkey": _open(send=_body(token="unknown", credential={}), done=410),
    "GET /session/oidc/{provider}": _open(path={"provider": "oidc"}, done=404),
    "GET /session/oidc/{provider}/callback": _open(path={"provider": "oidc"}, done=404),
    "POST /password-resets": _open(send=_body(email="nobody@example.com"), done=202),
    "POST /password-resets/confirm": _open(send=_body(token="unknown", **PASSWORD), done=410),
    "POST /invitations/look": _open(send=_body(token="unknown"), done=410),
    "POST /invitations/accept": _open(send=_body(token="unknown"), done=410),
    "POST /qr/decode": _open(send={"files": {"file": ("a.png", b"no picture")}}, done=422),
    "POST /qr/zip": _open(send=_body(urls=["https://elsewhere.example/a"]), done=422),
}
RULES: dict[str, Rule] = _LINKS | _EXPAND | _NAMES | _DOMAINS | _TRANSFER | _COMMUNITIES | _WORKSPACE | _ME | _EVERYBODY
