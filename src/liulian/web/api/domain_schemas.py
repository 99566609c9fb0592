"""The shapes of domains on the wire. Shapes only: rules are in `links/domains.py`."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from liulian.base.hosts import HOST_LENGTH_MAX
from liulian.base.urls import DESTINATION_BYTES_MAX
from liulian.links.domain_check import NUMBER_LENGTH_MAX
from liulian.links.domain_model import DOMAINS_MAX, FILES_MAX, LINKS_COUNTED_MAX
from liulian.web.api.schemas import Wish

_Destination = Annotated[str | None, Field(json_schema_extra={"format": "uri", "maxLength": DESTINATION_BYTES_MAX})]
_Number = Annotated[str | None, Field(json_schema_extra={"maxLength": NUMBER_LENGTH_MAX})]


class DomainWish(Wish):
    """The host to claim, such as `go.example.com`: no scheme, no path."""

    host: Annotated[str, Field(json_schema_extra={"maxLength": HOST_LENGTH_MAX})]


class DomainPatch(Wish):
    """What is to be different; null takes a value away. `is_default`: new links go there unless they say otherwise."""

    root_destination: _Destination = None
    not_found_destination: _Destination = None
    icp_number: _Number = None
    police_number: _Number = None
    is_default: bool = False


class Verification(BaseModel):
    """Either proves the domain: the record in its DNS, or the file. A host that leads here shows the file by itself."""

    txt_name: str
    txt_value: str
    file_path: str
    file_body: str


class ServedFile(BaseModel):
    """A file at the root of a domain."""

    name: str
    size: Annotated[int, Field(description="Bytes.")]


class Domain(BaseModel):
    """A host under which links open."""

    id: str
    host: str
    is_system: Annotated[bool, Field(description="The installation's own; every workspace may use it.")]
    is_default: bool
    verified_at: Annotated[datetime | None, Field(description="Null: only claimed, not served. Or `is_system`.")]
    root_destination: str | None
    not_found_destination: str | None
    icp_number: str | None
    police_number: str | None
    link_count: Annotated[int, Field(description=f"Of your workspace; counted up to {LINKS_COUNTED_MAX}.")]
    verification: Annotated[Verification | None, Field(description="Null for the installation's own.")]
    files: Annotated[list[ServedFile], Field(max_length=FILES_MAX)]
    created_at: Annotated[datetime | None, Field(description="Null for the installation's own.")]


class DomainList(BaseModel):
    """The installation's own domain, then yours, oldest first."""

    domains: Annotated[list[Domain], Field(max_length=DOMAINS_MAX + 1)]
    next_cursor: None


SHAPES: tuple[type[BaseModel], ...] = (DomainWish, DomainPatch, Domain, DomainList)
