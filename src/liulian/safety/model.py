"""Reports about links, and the reasons for which a link is taken down. Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from liulian.base.ids import DomainId, LinkId
from liulian.base.urls import host_of
from liulian.links.app_urls import opened_urls
from liulian.links.model import DEFAULT_DOMAIN

ReportId = NewType("ReportId", int)

# Codes: written to the database and shown to visitors in words (`pages.taken_down.…`). Only ever added to.
REASONS = (
    "phishing",
    "malware",
    "fraud",
    "gambling",
    "adult",
    "illegal",
    "infringement",
    "privacy",
    "spam",
    "other",
)
PRIVATE_NETWORK = "private_network"  # Nobody says this of a link: `recheck.py` finds it.
REPORT_REASONS = (*REASONS, "appeal")  # Who finds that a link was taken down by mistake says so in the same place.
NOTE_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Where a flagged link leads, its visitors and an app of theirs."""

    link_id: LinkId
    destination: str
    app_url: str | None

    @property
    def hosts(self) -> frozenset[str]:
        """Return every host that somebody may end up at."""
        urls = [self.destination, *(opened_urls(self.app_url) if self.app_url else ())]
        return frozenset(map(host_of, urls))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody said about a link. `closed_at` None: nobody has decided yet. `domain_id` is the link's."""

    id: ReportId
    link_id: LinkId
    slug: str
    reason: str
    note: str | None
    created_at: datetime
    closed_at: datetime | None = None
    domain_id: DomainId = DEFAULT_DOMAIN
