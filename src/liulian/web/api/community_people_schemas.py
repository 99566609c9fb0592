"""The shapes of members and connectors of communities on the wire. Shapes only."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from liulian.community.connectors import SECRET_LENGTH_MAX
from liulian.web.api.schemas import Id, Wish

ConnectorName = Literal["wechat", "wecom", "oidc"]


class ConnectorWish(Wish):
    """An account by which members are known. `secret` left out: as it was, where the account is the same."""

    values: Annotated[
        dict[str, str],
        Field(
            description="wechat: `app_id` of a verified service account, `scope` (snsapi_base or snsapi_userinfo). "
            "wecom: `corp_id`, `agent_id`. oidc: `issuer`, `client_id`, `name`."
        ),
    ]
    secret: Annotated[
        str | None,
        Field(description="Sealed, and never shown again.", json_schema_extra={"maxLength": SECRET_LENGTH_MAX}),
    ] = None
    is_on: Annotated[bool, Field(description="Whether it is offered to members.")] = True


class Connector(BaseModel):
    """An account by which members are known. `callback_url`: where it must let browsers come back to."""

    kind: ConnectorName
    values: dict[str, str]
    is_on: bool
    callback_url: str
    created_at: datetime
    updated_at: datetime


class ConnectorList(BaseModel):
    """All connectors of a community."""

    connectors: list[Connector]


class CommunityMember(BaseModel):
    """A member of a community. What brought them: `channel`, and its link. `joined_on` is a day in their zone."""

    id: Id
    nickname: str
    state: Literal["active", "left", "erased"]
    role: Literal["member", "host"]
    channel: Annotated[Id | None, Field(description="The id of the channel that brought them.")]
    channel_name: Annotated[str | None, Field(description="Null also where the channel was removed since.")]
    link: Annotated[Id | None, Field(description="The id of the short link that brought them.")]
    joined_at: datetime
    joined_on: date
    last_seen_at: Annotated[datetime | None, Field(description="To the hour.")]
    left_at: datetime | None


class CommunityMemberPage(BaseModel):
    """Members in the order in which they joined. `next_cursor` null: there are no more."""

    members: list[CommunityMember]
    next_cursor: str | None


SHAPES: tuple[type[BaseModel], ...] = (
    ConnectorWish,
    Connector,
    ConnectorList,
    CommunityMember,
    CommunityMemberPage,
)
