"""The shapes of people, workspaces and keys on the wire. Shapes only: rules are in `accounts/`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from liulian.accounts.emails import EMAIL_LENGTH_MAX
from liulian.accounts.names import NAME_LENGTH_MAX
from liulian.accounts.passwords import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN
from liulian.accounts.permissions import Scope
from liulian.base.ids import ALPHABET, ID_LENGTH
from liulian.web.api.schemas import Wish

TOKEN_TEXT_MAX = 200

Id = Annotated[str, Field(pattern=f"^[{ALPHABET}]{{{ID_LENGTH}}}$")]
RoleName = Literal["owner", "admin", "editor", "analyst"]
LanguageName = Literal["zh-CN", "en"]
ScopeName = Annotated[str, Field(json_schema_extra={"enum": [scope.value for scope in Scope]})]

# Limits with a code of their own are shown here and checked in `accounts/`.
EmailWish = Annotated[str, Field(json_schema_extra={"format": "email", "maxLength": EMAIL_LENGTH_MAX})]
NameWish = Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": NAME_LENGTH_MAX})]
NewPassword = Annotated[
    str,
    Field(
        description="Anything long enough, except the e-mail address.",
        json_schema_extra={"minLength": PASSWORD_LENGTH_MIN, "maxLength": PASSWORD_LENGTH_MAX},
    ),
]
Secret = Annotated[str, Field(max_length=PASSWORD_LENGTH_MAX)]
Token = Annotated[str, Field(min_length=1, max_length=TOKEN_TEXT_MAX)]


class SetupWish(Wish):
    """Who will own this installation. The token is in the link that the program prints while nobody has an account."""

    token: Token
    email: EmailWish
    name: NameWish
    password: NewPassword


class SignInWish(Wish):
    """A person's address and password; with a second factor also its present code, or a recovery code."""

    email: EmailWish
    password: Secret
    totp: Annotated[str, Field(max_length=40, description="Six digits, or a recovery code.")] | None = None


class PasskeyAnswer(Wish):
    """What the browser's authenticator answered to the options of the same token."""

    token: Token
    credential: Annotated[
        dict[str, Any],
        Field(description="`PublicKeyCredential.toJSON()`.", json_schema_extra={"additionalProperties": True}),
    ]


class PasskeySignIn(PasskeyAnswer):
    """A passkey's answer, by which somebody signs in."""

    again: Annotated[bool, Field(description="Only as whoever is signed in here: nobody else takes their place.")] = (
        False
    )


class NewPasskeyWish(PasskeyAnswer):
    """A passkey just made, and what its owner calls it."""

    name: NameWish


class NameChange(Wish):
    """Another name."""

    name: NameWish


class ProfileWish(Wish):
    """What is to be different about oneself. Another address needs the password, where there is one."""

    name: NameWish | None = None
    language: Annotated[LanguageName | None, Field(description="Null: what the browser prefers.")] = None
    email: EmailWish | None = None
    password: Secret | None = None


class PasswordWish(Wish):
    """A new password. `current` may be left out by who has none and has just signed in."""

    current: Secret | None = None
    new: NewPassword


class CodeWish(Wish):
    """The code that the app shows now."""

    code: Annotated[str, Field(max_length=40)]


class TotpRemoval(Wish):
    """The password, or a code (a recovery code too): one of them."""

    password: Secret | None = None
    code: Annotated[str, Field(max_length=40)] | None = None


class EmailOnly(Wish):
    """Whose password is to be set anew."""

    email: EmailWish


class ResetWish(Wish):
    """A new password, by the token of a link."""

    token: Token
    password: NewPassword


class WorkspaceWish(Wish):
    """The name of a workspace: a new one, or to confirm that this one is meant."""

    name: NameWish


class RoleWish(Wish):
    """Another role."""

    role: RoleName


class InvitationWish(Wish):
    """A place for somebody. Without an address: for whoever holds the link."""

    role: RoleName
    email: EmailWish | None = None


class TokenOnly(Wish):
    """The token of a link."""

    token: Token


class AcceptWish(Wish):
    """The token of an invitation; from somebody without an account also what it takes to make one."""

    token: Token
    email: EmailWish | None = None
    name: NameWish | None = None
    password: NewPassword | None = None


class ApiKeyWish(Wish):
    """A key to be made. Its scopes are never more than its maker's."""

    name: NameWish
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=len(Scope))]
    expires_at: Annotated[AwareDatetime | None, Field(description="Null: never.")] = None


class PasskeyShown(BaseModel):
    """A passkey."""

    id: Id
    name: str
    created_at: datetime
    last_used_at: datetime | None


class IdentityShown(BaseModel):
    """Who one is at a provider of single sign-on."""

    issuer: str
    email: str | None
    created_at: datetime


class User(BaseModel):
    """Oneself."""

    id: Id
    email: str
    name: str
    language: Literal["zh-CN", "en"] | None
    has_password: bool
    totp_enabled: bool
    passkeys: list[PasskeyShown]
    identities: list[IdentityShown]


class OwnWorkspace(BaseModel):
    """A workspace one belongs to, and what one may do there."""

    id: Id
    name: str
    role: RoleName
    scopes: list[ScopeName]


class Provider(BaseModel):
    """A provider of single sign-on."""

    id: str
    name: str


class SessionState(BaseModel):
    """Who is here, and how one can sign in."""

    state: Literal["setup", "signed_out", "signed_in"]
    password_reset_by_mail: bool
    oidc: list[Provider]
    anonymous_links: bool
    user: User | None
    workspaces: list[OwnWorkspace]


class PasskeyOptions(BaseModel):
    """What `navigator.credentials` is to be called with, after `parseCreationOptionsFromJSON` or its like."""

    token: str
    options: Annotated[dict[str, Any], Field(json_schema_extra={"additionalProperties": True})]


class TotpOffer(BaseModel):
    """What an authenticator app needs. It counts once a code was confirmed."""

    secret: str
    uri: str
    qr_svg: str


class OidcTrip(BaseModel):
    """Where the browser goes to connect a provider."""

    url: str


class RecoveryCodes(BaseModel):
    """Each lets one in once, in place of a code. They are shown only now."""

    recovery_codes: list[str]


class SessionShown(BaseModel):
    """A browser in which one is signed in."""

    id: Id
    current: bool
    app: str | None
    system: str | None
    created_at: datetime
    last_seen_at: datetime


class SessionList(BaseModel):
    """The browser used last first."""

    sessions: list[SessionShown]


class Workspace(BaseModel):
    """A workspace, and what the caller may do there. `role` null: a key."""

    id: Id
    name: str
    created_at: datetime
    role: RoleName | None
    scopes: list[ScopeName]
    member_count: int


class Member(BaseModel):
    """Somebody of the workspace."""

    id: Id
    email: str
    name: str
    role: RoleName
    joined_at: datetime
    has_second_factor: bool
    disabled: bool
    last_seen_at: datetime | None


class MemberList(BaseModel):
    """The first who joined first."""

    members: list[Member]
    next_cursor: None = None


class Invitation(BaseModel):
    """A place that waits for somebody."""

    id: Id
    email: str | None
    role: RoleName
    created_at: datetime
    expires_at: datetime


class NewInvitation(Invitation):
    """An invitation just made. Its link is shown only now; `mailed` tells whether it was also sent by mail."""

    url: str
    mailed: bool


class InvitationList(BaseModel):
    """Those that still wait, newest first."""

    invitations: list[Invitation]
    next_cursor: None = None


class InvitationLook(BaseModel):
    """What an invitation offers."""

    workspace_name: str
    role: RoleName
    email: str | None
    expires_at: datetime


class By(BaseModel):
    """Who did something. `name` is today's."""

    kind: Literal["user", "api_key", "system", "stranger"]
    id: Id | None
    name: str | None


class ApiKey(BaseModel):
    """A key of a program."""

    id: Id
    name: str
    scopes: list[ScopeName]
    created_at: datetime
    created_by: By | None
    last_used_at: datetime | None
    expires_at: datetime | None


class NewApiKey(ApiKey):
    """A key just made. Its token is shown only now."""

    token: str


class ApiKeyList(BaseModel):
    """Newest first."""

    api_keys: list[ApiKey]
    next_cursor: None = None


class AuditEntry(BaseModel):
    """One act."""

    id: Id
    at: datetime
    actor: By
    action: str
    kind: str
    object_id: str
    details: Annotated[dict[str, Any], Field(json_schema_extra={"additionalProperties": True})]


class AuditPage(BaseModel):
    """Newest first. `next_cursor` null: there are no more."""

    entries: list[AuditEntry]
    next_cursor: str | None


SHAPES: tuple[type[BaseModel], ...] = (
    SetupWish, SignInWish, PasskeySignIn, NewPasskeyWish, NameChange, ProfileWish, PasswordWish, CodeWish, TotpRemoval,
    EmailOnly, ResetWish, WorkspaceWish, RoleWish, InvitationWish, TokenOnly, AcceptWish, ApiKeyWish,
    PasskeyShown, User, SessionState, PasskeyOptions, TotpOffer, OidcTrip, RecoveryCodes, SessionList, Workspace,
    OwnWorkspace,
    Member, MemberList, Invitation, NewInvitation, InvitationList, InvitationLook, ApiKey, NewApiKey, ApiKeyList,
    AuditPage,
)  # fmt: skip
