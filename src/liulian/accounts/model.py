"""Who is asking, and the keys by which programs say so. Values only."""

from dataclasses import dataclass
from datetime import datetime

from liulian.base.ids import ApiKeyId, LinkId, WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program's key to one workspace. Its token is shown once, when it is made."""

    id: ApiKeyId
    workspace_id: WorkspaceId
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A stranger: may make links that belong to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyActor:
    """A program with a key: acts for its workspace."""

    workspace_id: WorkspaceId
    api_key_id: ApiKeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkManager:
    """Who made a link as a stranger and kept its manage token: acts on this one link, while it belongs to nobody."""

    link_id: LinkId


Actor = Anonymous | ApiKeyActor | LinkManager
