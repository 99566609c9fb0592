"""Accounts elsewhere as a community has set them up: built from its connectors, with what they were given for a while.

One per process. Providers of single sign-on are named by operators, so their servers are asked only where strangers'
addresses may be asked too: never inside our own network.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from liulian.accounts.oidc import OidcProvider
from liulian.accounts.vault import Vault
from liulian.base.urls import is_reachable
from liulian.channels import guarded, wechat_oa, wecom
from liulian.community.connectors import Connector
from liulian.screening.names import Address

PROVIDERS_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where accounts are, and what this process remembers of them. `allows`: which addresses a provider may have."""

    wechat_hosts: wechat_oa.Hosts = wechat_oa.OFFICIAL
    wecom_hosts: wecom.Hosts = wecom.OFFICIAL
    allows: Callable[[Address], bool] = is_reachable
    wechat_shelf: wechat_oa.TokenShelf = field(default_factory=wechat_oa.TokenShelf)
    wecom_shelf: wecom.TokenShelf = field(default_factory=wecom.TokenShelf)
    _providers: dict[str, OidcProvider] = field(default_factory=dict)

    def wechat(self, connector: Connector, *, vault: Vault) -> wechat_oa.WechatAccount:
        """Return a service account. Raises SealedElsewhere."""
        return wechat_oa.WechatAccount(
            app_id=connector.values["app_id"],
            secret=connector.secret(vault),
            scope=connector.values["scope"],
            hosts=self.wechat_hosts,
            shelf=self.wechat_shelf,
        )

    def wecom(self, connector: Connector, *, vault: Vault) -> wecom.WecomApp:
        """Return an app of a company. Raises SealedElsewhere."""
        return wecom.WecomApp(
            corp_id=connector.values["corp_id"],
            agent_id=connector.values["agent_id"],
            secret=connector.secret(vault),
            hosts=self.wecom_hosts,
            shelf=self.wecom_shelf,
        )

    def oidc(self, connector: Connector, *, vault: Vault) -> OidcProvider:
        """Return a provider, the same one each time: it remembers its keys. Raises SealedElsewhere."""
        secret = connector.secret(vault)
        values = connector.values
        name = hashlib.sha256("\0".join((values["issuer"], values["client_id"], secret)).encode()).hexdigest()
        if name not in self._providers and len(self._providers) >= PROVIDERS_MAX:
            self._providers.clear()
        return self._providers.setdefault(
            name,
            OidcProvider(
                issuer=values["issuer"],
                client_id=values["client_id"],
                client_secret=secret,
                name=values["name"],
                ask=partial(guarded.ask_json, allows=self.allows),
            ),
        )
