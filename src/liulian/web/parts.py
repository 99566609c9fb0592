"""Everything the web side is given. `bootstrap` makes it once per process; requests find it at `app.state.parts`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request

from liulian.accounts.mail import Mailer
from liulian.accounts.oidc import OidcProvider
from liulian.accounts.passwords import Passwords
from liulian.accounts.vault import Vault
from liulian.base.clock import Clock
from liulian.base.ids import DomainId, IdSource
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.base.net import NO_PROXIES, TrustedProxies
from liulian.base.secrets import derive_key
from liulian.community.suspicion import Bursts
from liulian.edge.hosts import Hosts
from liulian.links.screened import NO_SCREEN
from liulian.links.service import STRANGERS_DAYS
from liulian.links.store import DestinationScreen
from liulian.safety.budget import MissBudget
from liulian.storage.database import Database
from liulian.web.elsewhere import Elsewhere

if TYPE_CHECKING:
    from liulian.analytics.client import AnalyticsClient
    from liulian.safety.expand import Expander
    from liulian.safety.proofs import Prover


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where this installation is reached, and the keys of its web side.

    `base_url` is `scheme://host[:port]` without a final slash; None: whatever the request was sent to.
    `manage_key` signs manage tokens, `caller_key` hides the addresses of strangers,
    `vault` seals second factors, `member_key` hides by what members of communities are known.
    """

    base_url: str | None
    manage_key: bytes
    caller_key: bytes
    member_key: bytes
    vault: Vault
    imprint: Imprint = NO_IMPRINT

    @classmethod
    def of(cls, *, base_url: str | None, secret: bytes, imprint: Imprint = NO_IMPRINT) -> "Site":
        """Return a site whose keys come from the installation's one secret."""
        return cls(
            base_url=base_url,
            manage_key=derive_key(secret, purpose="manage-token"),
            caller_key=derive_key(secret, purpose="caller-address"),
            member_key=derive_key(secret, purpose="member-identity"),
            vault=Vault(derive_key(secret, purpose="vault")),
            imprint=imprint,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """What callers without a key may do. `links_per_hour` None: as many as they like, for each address.

    `link_days` is how long a link lives that belongs to nobody.
    """

    may_make_links: bool = True
    links_per_hour: int | None = None
    link_days: int = STRANGERS_DAYS


UNLIMITED = Strangers()
PASSWORDS = Passwords()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One per process. `analytics` is None only where nobody asks for statistics.

    `texts_dir` holds the operator's own privacy notice and terms; None: only the built-in ones are shown. `screen`
    judges destinations before links lead there. `expander` None: short links of others are not followed. `is_link`
    knows from memory which slugs a domain has; None: the database is asked. `hosts` is the lane's table of domains.
    `prover` None: no domain can be verified. `guesses` is the lane's budget for slugs that do not exist. `mailer` None:
    no letters are sent. `oidc` None: nobody signs in at a provider. `imports_dir` is where uploaded files lie.
    `pictures_dir` is where members' pictures lie; None: there are none.
    `bursts` notes from where many check in. `elsewhere` are the accounts by which members of communities are known.
    """

    site: Site
    database: Database
    ids: IdSource
    clock: Clock
    proxies: TrustedProxies = NO_PROXIES
    analytics: "AnalyticsClient | None" = None
    texts_dir: Path | None = None
    strangers: Strangers = UNLIMITED
    screen: DestinationScreen = NO_SCREEN
    expander: "Expander | None" = None
    passwords: Passwords = PASSWORDS
    mailer: Mailer | None = None
    oidc: OidcProvider | None = None
    is_link: Callable[[DomainId, str], Awaitable[bool]] | None = None
    hosts: Hosts = field(default_factory=Hosts)
    guesses: MissBudget = field(default_factory=MissBudget)
    prover: "Prover | None" = None
    imports_dir: Path | None = None
    pictures_dir: Path | None = None
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    bursts: Bursts = field(default_factory=Bursts)


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts
