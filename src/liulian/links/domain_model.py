"""The nouns of domains: a host of a workspace, its files, and what the way of one click needs of it. Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liulian.base.ids import DomainId, WorkspaceId
from liulian.links.model import DEFAULT_DOMAIN

DOMAINS_CHANGED: Final = DomainId(0)  # In the change feed: not a link, the table of domains is different.
DOMAINS_MAX = 200  # Of one workspace: a list of them is read whole.
LINKS_COUNTED_MAX = 10_000  # Counting on would read a million rows for a number that nobody compares.
FILES_MAX = 20  # Of one domain.
FILE_BYTES_MAX = 16 * 1024  # A verification file has under 100, the longest lists of apps a few thousand.
PROOF_LABEL = "_liulian"
PROOF_PREFIX = "liulian-verification="
PATH_LETTERS = 12  # Of the proof, in the name of its file: a server that repeats the address does not repeat the rest.


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFile:
    """A file served at the root of a domain, without its content."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A host whose links belong to one workspace. `host` is in normal form: ASCII, lower case, no port.

    `workspace_id` None and `host` empty: the installation's own domain, whatever it is called. `verified_at` None: only
    claimed; nothing is served. Destinations None: a neutral page. `link_count` stops at LINKS_COUNTED_MAX.
    """

    id: DomainId
    workspace_id: WorkspaceId | None
    host: str
    proof: str
    created_at: datetime | None
    verified_at: datetime | None = None
    is_default: bool = False
    root_destination: str | None = None
    not_found_destination: str | None = None
    icp_number: str | None = None
    police_number: str | None = None
    link_count: int = 0
    files: tuple[DomainFile, ...] = ()

    @property
    def is_system(self) -> bool:
        """Whether this is the installation's own domain."""
        return self.workspace_id is None


SYSTEM_DOMAIN: Final = Domain(id=DEFAULT_DOMAIN, workspace_id=None, host="", proof="", created_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDomain:
    """What the way of one click needs to know of a verified domain, and nothing else. `files` are names."""

    id: DomainId
    host: str
    root_destination: str | None = None
    not_found_destination: str | None = None
    icp_number: str | None = None
    police_number: str | None = None
    files: frozenset[str] = frozenset()


def txt_name(host: str) -> str:
    """Return the name under which the proof stands in the DNS."""
    return f"{PROOF_LABEL}.{host}"


def proof_text(proof: str) -> str:
    """Return what the record in the DNS says, and the file."""
    return PROOF_PREFIX + proof


def proof_path(proof: str) -> str:
    """Return the path of the file that proves a domain."""
    return f"/.well-known/liulian-{proof[:PATH_LETTERS]}.txt"
