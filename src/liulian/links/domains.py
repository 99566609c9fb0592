"""Claim, prove, arrange and remove the domains of a workspace; choose the one of a new link. Who may do what is here.

Works inside the caller's transaction and never commits. Another workspace's domain does not exist for the caller.
"""

import dataclasses
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from liulian.accounts.model import Actor, WorkspaceActor, require
from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.accounts.permissions import Scope
from liulian.base.errors import Conflict, FieldError, FieldRefused, Forbidden, InvalidRequest, NotFound
from liulian.base.hosts import parse_host
from liulian.base.ids import DomainId, IdSource, WorkspaceId
from liulian.base.secrets import random_token
from liulian.links.domain_check import CheckedDomain
from liulian.links.domain_model import DOMAINS_MAX, FILES_MAX, SYSTEM_DOMAIN, Domain, DomainFile
from liulian.links.domain_store import DomainStore, FileStore, HostIsTaken
from liulian.links.model import DEFAULT_DOMAIN

_PORT = re.compile(r":[0-9]{1,5}\Z")  # An address is copied with it.


class DomainTaken(Conflict):
    """Another workspace has proved that the host is theirs."""

    code = "domain_taken"


class DomainExists(Conflict):
    """The workspace has this domain already."""

    code = "domain_exists"


class TooManyDomains(Conflict):
    """A workspace has as many domains as it may have."""

    code = "domains_limit"


class TooManyFiles(Conflict):
    """A domain has as many files as it may have."""

    code = "domain_files_limit"


class DomainHasLinks(Conflict):
    """There are links that would lead nowhere."""

    code = "domain_has_links"


class DomainNotVerified(Conflict):
    """Nothing that was found proves whose the domain is; `errors` says what was found."""

    code = "domain_not_verified"


class DomainNeedsBaseUrl(Conflict):
    """Nobody has said which name is the installation's own, so a domain could take that name away from everybody."""

    code = "domain_needs_base_url"


class DomainIsSystem(Forbidden):
    """The domain is the installation's own; a workspace does not arrange it."""

    code = "domain_is_system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What it takes to change domains: the stores of this transaction, ids, the time.

    `system_hosts` are the names of the installation's own domain; `knows_base_url` False: only that of this request,
    and there may be more.
    """

    store: DomainStore
    files: FileStore
    ids: IdSource
    now: datetime
    system_hosts: Collection[str]
    knows_base_url: bool = True


async def list_domains(actor: Actor, *, store: DomainStore, files: FileStore) -> list[Domain]:
    """Return the installation's own domain and those of the workspace, oldest first."""
    workspace_id = require(actor, Scope.DOMAINS_READ).workspace_id
    theirs = await store.list_of(workspace_id, limit=DOMAINS_MAX)
    own = dataclasses.replace(
        SYSTEM_DOMAIN,
        is_default=not any(domain.is_default for domain in theirs),
        link_count=await store.link_count(DEFAULT_DOMAIN, workspace_id=workspace_id),
        files=tuple(await files.list_of(DEFAULT_DOMAIN, limit=FILES_MAX)),
    )
    return [own, *theirs]


async def domain_of(
    actor: Actor,
    domain_id: DomainId,
    *,
    store: DomainStore,
    scope: Scope = Scope.DOMAINS_READ,
    for_update: bool = False,
) -> Domain:
    """Return a domain of the actor's workspace, or the installation's own. Raises NotFound or Forbidden."""
    workspace_id = require(actor, scope).workspace_id
    if domain_id == DEFAULT_DOMAIN:
        return SYSTEM_DOMAIN
    found = await store.find(domain_id, workspace_id=workspace_id, for_update=for_update)
    if found is None:
        raise NotFound
    return found


async def shown_domain_of(
    actor: Actor,
    domain_id: DomainId,
    *,
    store: DomainStore,
    files: FileStore,
    scope: Scope = Scope.DOMAINS_READ,
) -> Domain:
    """Return a domain with its files and the number of its links. Raises as `domain_of` does."""
    workspace_id = require(actor, scope).workspace_id
    found = await domain_of(actor, domain_id, store=store, scope=scope)
    is_default = await store.find_default(workspace_id) is None if found.is_system else found.is_default
    return dataclasses.replace(
        found,
        is_default=is_default,
        link_count=await store.link_count(domain_id, workspace_id=workspace_id),
        files=tuple(await files.list_of(domain_id, limit=FILES_MAX)),
    )


async def add_domain(actor: Actor, typed: str, *, registry: Registry) -> Domain:
    """Return a new claim to a host. Others may claim it too, until one of them proves it.

    Raises InvalidRequest, or DomainNeedsBaseUrl outside the first workspace while the own name is not settled.
    """
    workspace_id = _claimer(actor, registry=registry)
    host = _claimable(typed, registry=registry)
    if len(await registry.store.list_of(workspace_id, limit=DOMAINS_MAX)) >= DOMAINS_MAX:
        raise TooManyDomains(max=DOMAINS_MAX)
    served = await registry.store.find_verified(host)
    if served is not None and served.workspace_id != workspace_id:
        raise DomainTaken(errors=(FieldError("host", DomainTaken.code, {"host": host}),), host=host)
    domain = Domain(
        id=DomainId(registry.ids()),
        workspace_id=workspace_id,
        host=host,
        proof=random_token(),
        created_at=registry.now,
    )
    if not await registry.store.add(domain):
        raise DomainExists(errors=(FieldError("host", DomainExists.code, {"host": host}),), host=host)
    return domain


async def confirm_domain(actor: Actor, domain_id: DomainId, *, registry: Registry) -> Domain:
    """Return the domain, from now on served: somebody has just seen its proof. Raises DomainTaken."""
    old = await own_domain_of(actor, domain_id, registry=registry)
    if old.verified_at is not None:
        return old
    _claimer(actor, registry=registry)
    if old.host in registry.system_hosts or await registry.store.find_verified(old.host) is not None:
        raise DomainTaken(host=old.host)
    new = dataclasses.replace(old, verified_at=registry.now)
    try:
        await registry.store.replace(new)
    except HostIsTaken:  # In this very moment.
        raise DomainTaken(host=old.host) from None
    return new


async def change_domain(actor: Actor, domain_id: DomainId, wish: CheckedDomain, *, registry: Registry) -> Domain:
    """Return the domain as it now is. Raises NotFound, InvalidRequest, or DomainIsSystem."""
    workspace_id = require(actor, Scope.DOMAINS_WRITE).workspace_id
    old = await domain_of(actor, domain_id, store=registry.store, scope=Scope.DOMAINS_WRITE, for_update=True)
    errors = list(wish.errors)
    if wish.is_default and not old.is_system and old.verified_at is None:
        errors.append(FieldError("is_default", "domain_unverified"))
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    if wish.is_default is not None and wish.is_default != old.is_default:
        await registry.store.clear_default(workspace_id)
    if old.is_system:
        if wish.fields:
            raise DomainIsSystem
        return old
    is_default = old.is_default if wish.is_default is None else wish.is_default
    new = dataclasses.replace(old, is_default=is_default, **wish.fields)
    if new != old:
        await registry.store.replace(new)
    return new


async def remove_domain(actor: Actor, domain_id: DomainId, *, registry: Registry) -> Domain:
    """Return the domain that was removed. Raises DomainHasLinks while any link of it can be seen."""
    old = await own_domain_of(actor, domain_id, registry=registry)
    if old.workspace_id is not None and await registry.store.link_count(old.id, workspace_id=old.workspace_id):
        raise DomainHasLinks(host=old.host)
    await registry.store.remove(old.id)
    return old


async def own_domain_of(actor: Actor, domain_id: DomainId, *, registry: Registry) -> Domain:
    """Return a domain that the actor may arrange, and nobody else meanwhile. Raises NotFound or DomainIsSystem."""
    found = await domain_of(actor, domain_id, store=registry.store, scope=Scope.DOMAINS_WRITE, for_update=True)
    if found.is_system:
        raise DomainIsSystem
    return found


async def domain_for_new_link(
    actor: Actor, host: str | None, *, store: DomainStore, system_hosts: Collection[str] = ()
) -> Domain:
    """Return the domain of a new link: the wished one, else the workspace's default, else the installation's own.

    It cannot be removed before the transaction ends. Raises InvalidRequest, `domain_unknown`, for what is not theirs.
    """
    if host is not None:
        return await _wished(actor, host, store=store, system_hosts=system_hosts)
    if not isinstance(actor, WorkspaceActor):
        return SYSTEM_DOMAIN
    found = await store.find_default(actor.workspace_id)
    return found if found is not None and await store.keep(found.id) else SYSTEM_DOMAIN


async def file_of(actor: Actor, domain_id: DomainId, name: str, *, store: DomainStore, files: FileStore) -> bytes:
    """Return what a file says. Raises NotFound."""
    domain = await domain_of(actor, domain_id, store=store)
    body = await files.find(domain.id, name)
    if body is None:
        raise NotFound
    return body


async def put_file(actor: Actor, domain_id: DomainId, file: DomainFile, body: bytes, *, registry: Registry) -> Domain:
    """Store a file, in the place of one with its name. Raises TooManyFiles."""
    domain = await _domain_with_files(actor, domain_id, registry=registry)
    names = {each.name for each in await registry.files.list_of(domain.id, limit=FILES_MAX)}
    if len(names) >= FILES_MAX and file.name not in names:
        raise TooManyFiles(max=FILES_MAX)
    await registry.files.put(domain.id, file.name, body)
    return domain


async def remove_file(actor: Actor, domain_id: DomainId, name: str, *, registry: Registry) -> Domain:
    """Remove a file. Raises NotFound."""
    domain = await _domain_with_files(actor, domain_id, registry=registry)
    if not await registry.files.remove(domain.id, name):
        raise NotFound
    return domain


async def _domain_with_files(actor: Actor, domain_id: DomainId, *, registry: Registry) -> Domain:
    """Return a domain whose files the actor may change. Those of the installation belong to its first workspace."""
    found = await domain_of(actor, domain_id, store=registry.store, scope=Scope.DOMAINS_WRITE, for_update=True)
    if found.is_system and require(actor, Scope.DOMAINS_WRITE).workspace_id != DEFAULT_WORKSPACE:
        raise DomainIsSystem
    return found


def _claimer(actor: Actor, *, registry: Registry) -> WorkspaceId:
    """Return the workspace that may claim and prove hosts. Anybody may make a workspace of their own, so only the
    people of the first one are trusted not to take the name by which all others come."""
    workspace_id = require(actor, Scope.DOMAINS_WRITE).workspace_id
    if not registry.knows_base_url and workspace_id != DEFAULT_WORKSPACE:
        raise DomainNeedsBaseUrl
    return workspace_id


def _claimable(typed: str, *, registry: Registry) -> str:
    try:
        host = parse_host(typed)
    except FieldRefused as refused:
        raise InvalidRequest(errors=(refused.of("host"),)) from None
    if host in registry.system_hosts:
        raise InvalidRequest(errors=(FieldError("host", "domain_own", {"host": host}),))
    return host


async def _wished(actor: Actor, typed: str, *, store: DomainStore, system_hosts: Collection[str]) -> Domain:
    name = _PORT.sub("", typed.strip().lower())
    if name in system_hosts:
        return SYSTEM_DOMAIN
    try:
        found = await store.find_verified(parse_host(name))
    except FieldRefused:
        found = None
    theirs = actor.workspace_id if isinstance(actor, WorkspaceActor) else None
    if found is None or found.workspace_id != theirs or not await store.keep(found.id):
        raise InvalidRequest(errors=(FieldError("domain", "domain_unknown", {"host": name[:100]}),))
    return found
