"""Who may do what: roles, scopes, and what is said to those who may not."""

import pytest

from liulian.accounts.model import Anonymous, ApiKeyActor, LinkManager, UserActor, require
from liulian.accounts.permissions import ROLE_SCOPES, Role, Scope
from liulian.base.errors import Forbidden, NotSignedIn
from liulian.base.ids import ApiKeyId, LinkId, SessionId, UserId, WorkspaceId


def a_person(role: Role) -> UserActor:
    return UserActor(workspace_id=WorkspaceId(1), user_id=UserId(2), session_id=SessionId(3), role=role)


def test_each_role_may_all_that_the_next_one_may() -> None:
    owner, admin, editor, analyst = (ROLE_SCOPES[role] for role in Role)

    assert owner > admin > editor > analyst


def test_analyst_looks_and_changes_nothing() -> None:
    assert not [scope for scope in ROLE_SCOPES[Role.ANALYST] if scope.endswith(":write")]


def test_person_may_what_the_role_says() -> None:
    editor = a_person(Role.EDITOR)

    assert require(editor, Scope.LINKS_WRITE) is editor
    with pytest.raises(Forbidden):
        require(editor, Scope.MEMBERS_WRITE)


def test_key_may_what_its_scopes_say() -> None:
    key = ApiKeyActor(workspace_id=WorkspaceId(1), api_key_id=ApiKeyId(2), scopes=frozenset({Scope.STATS_READ}))

    assert require(key, Scope.STATS_READ) is key
    with pytest.raises(Forbidden):
        require(key, Scope.LINKS_READ)


@pytest.mark.parametrize("actor", [Anonymous(), LinkManager(link_id=LinkId(1))])
def test_who_belongs_to_no_workspace_is_asked_to_sign_in(actor: Anonymous | LinkManager) -> None:
    with pytest.raises(NotSignedIn):
        require(actor, Scope.LINKS_READ)
