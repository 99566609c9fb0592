"""Domains on both databases: many may claim a host, one proves it, and the edge hears of every change."""

from dataclasses import replace
from typing import Any

import pytest

from liulian.accounts.model import Anonymous, ApiKeyActor
from liulian.accounts.permissions import ALL_SCOPES
from liulian.base.errors import InvalidRequest, NotFound
from liulian.base.ids import ApiKeyId, DomainId, IdSource, WorkspaceId
from liulian.links.domain_check import CheckedDomain
from liulian.links.domain_model import SYSTEM_DOMAIN, Domain, DomainFile
from liulian.links.domain_store import HostIsTaken
from liulian.links.domains import (
    DomainExists,
    DomainHasLinks,
    DomainIsSystem,
    DomainTaken,
    Registry,
    add_domain,
    change_domain,
    confirm_domain,
    domain_for_new_link,
    list_domains,
    put_file,
    remove_domain,
    remove_file,
    shown_domain_of,
)
from liulian.links.model import DEFAULT_DOMAIN
from liulian.storage.database import Database, Transaction
from liulian.storage.served import ServedReader
from tests.store.a_link import NOON, a_link

HOST = "go.example.com"
ids = IdSource()


def a_program(workspace: int = 1) -> ApiKeyActor:
    return ApiKeyActor(workspace_id=WorkspaceId(workspace), api_key_id=ApiKeyId(workspace), scopes=ALL_SCOPES)


def registry(tx: Transaction) -> Registry:
    return Registry(store=tx.domains, files=tx.domain_files, ids=ids, now=NOON, system_hosts=("lnk.example.com",))


async def claimed(database: Database, host: str = HOST, *, workspace: int = 1) -> Domain:
    async with database.write() as tx:
        return await add_domain(a_program(workspace), host, registry=registry(tx))


async def verified(database: Database, host: str = HOST, *, workspace: int = 1) -> Domain:
    domain = await claimed(database, host, workspace=workspace)
    async with database.write() as tx:
        return await confirm_domain(a_program(workspace), domain.id, registry=registry(tx))


async def changed(database: Database, domain: Domain, **wish: Any) -> Domain:
    is_default = wish.pop("is_default", None)
    async with database.write() as tx:
        checked = CheckedDomain(fields=wish, is_default=is_default)
        workspace = domain.workspace_id or 1
        return await change_domain(a_program(workspace), domain.id, checked, registry=registry(tx))


async def domains(database: Database, *, workspace: int = 1) -> list[Domain]:
    async with database.read() as tx:
        return await list_domains(a_program(workspace), store=tx.domains, files=tx.domain_files)


async def served_hosts(database: Database) -> list[str]:
    return [domain.host for domain in await ServedReader(database).served() if domain.host]


async def test_domain_is_stored_as_it_was_made(database: Database) -> None:
    domain = await verified(database)
    await changed(database, domain, root_destination="https://example.com/", icp_number="京ICP备1号", is_default=True)

    own, theirs = await domains(database)

    assert (own.id, own.is_default) == (DEFAULT_DOMAIN, False)
    assert theirs.host == HOST
    assert (theirs.verified_at, theirs.created_at) == (NOON, NOON)
    assert (theirs.root_destination, theirs.icp_number, theirs.is_default) == (
        "https://example.com/",
        "京ICP备1号",
        True,
    )


async def test_many_may_claim_a_host_and_the_first_to_prove_it_has_it(database: Database) -> None:
    first, second = await claimed(database, workspace=1), await claimed(database, workspace=2)
    assert first.proof != second.proof

    async with database.write() as tx:
        await confirm_domain(a_program(2), second.id, registry=registry(tx))

    assert await served_hosts(database) == [HOST]
    with pytest.raises(DomainTaken):
        async with database.write() as tx:
            await confirm_domain(a_program(1), first.id, registry=registry(tx))
    with pytest.raises(DomainTaken):
        await claimed(database, workspace=3)


async def test_two_who_prove_a_host_in_one_moment_do_not_both_get_it(database: Database) -> None:
    first, second = await claimed(database, workspace=1), await claimed(database, workspace=2)
    async with database.write() as tx:
        await tx.domains.replace(replace(first, verified_at=NOON))

    with pytest.raises(HostIsTaken):
        async with database.write() as tx:
            await tx.domains.replace(replace(second, verified_at=NOON))


async def test_host_stands_once_in_the_list_of_a_workspace(database: Database) -> None:
    await claimed(database)

    with pytest.raises(DomainExists):
        await claimed(database, "GO.example.com.")


@pytest.mark.parametrize(
    ("host", "code"), [("lnk.example.com", "domain_own"), ("10.0.0.1", "domain_address"), ("com.cn", "domain_suffix")]
)
async def test_host_that_cannot_be_claimed_is_refused(database: Database, host: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await claimed(database, host)

    assert [(error.field, error.code) for error in refused.value.errors] == [("host", code)]


async def test_domain_of_others_does_not_exist(database: Database) -> None:
    theirs = await verified(database, workspace=2)

    for act in (confirm_domain, remove_domain):
        with pytest.raises(NotFound):
            async with database.write() as tx:
                await act(a_program(1), theirs.id, registry=registry(tx))
    with pytest.raises(NotFound):
        async with database.read() as tx:
            await shown_domain_of(a_program(1), theirs.id, store=tx.domains, files=tx.domain_files)
    assert [domain.host for domain in await domains(database, workspace=1)] == [""]


async def test_a_workspace_has_one_default(database: Database) -> None:
    one, two = await verified(database, "a.example.com"), await verified(database, "b.example.com")
    await changed(database, one, is_default=True)
    await changed(database, two, is_default=True)
    assert [each.is_default for each in await domains(database)] == [False, False, True]

    await changed(database, SYSTEM_DOMAIN, is_default=True)

    assert [each.is_default for each in await domains(database)] == [True, False, False]


async def test_domain_that_is_only_claimed_cannot_be_the_default(database: Database) -> None:
    domain = await claimed(database)

    with pytest.raises(InvalidRequest) as refused:
        await changed(database, domain, is_default=True)

    assert [error.code for error in refused.value.errors] == ["domain_unverified"]


async def test_the_installations_own_domain_is_not_arranged_by_a_workspace(database: Database) -> None:
    with pytest.raises(DomainIsSystem):
        await changed(database, SYSTEM_DOMAIN, icp_number="1")
    with pytest.raises(DomainIsSystem):
        async with database.write() as tx:
            await remove_domain(a_program(), DEFAULT_DOMAIN, registry=registry(tx))


async def test_domain_with_links_stays(database: Database) -> None:
    domain = await verified(database)
    link = a_link(domain_id=domain.id)
    async with database.write() as tx:
        await tx.links.add([link, a_link()])
    assert [each.link_count for each in await domains(database)] == [1, 1]

    with pytest.raises(DomainHasLinks):
        async with database.write() as tx:
            await remove_domain(a_program(), domain.id, registry=registry(tx))
    async with database.write() as tx:
        await tx.connection.exec_driver_sql(f"UPDATE links SET deleted_at = 1 WHERE id = {link.id}")
    async with database.write() as tx:
        await remove_domain(a_program(), domain.id, registry=registry(tx))

    assert await served_hosts(database) == []


async def test_new_link_goes_to_the_wished_domain_or_the_default(database: Database) -> None:
    one, two = await verified(database, "a.example.com"), await verified(database, "b.example.com")
    await changed(database, two, is_default=True)

    async def chosen(host: str | None, *, workspace: int = 1) -> DomainId:
        async with database.write() as tx:
            actor, names = a_program(workspace), ("lnk.example.com",)
            return (await domain_for_new_link(actor, host, store=tx.domains, system_hosts=names)).id

    assert await chosen(None) == two.id
    assert await chosen("A.example.com:8000") == one.id
    assert await chosen("lnk.example.com:8000") == DEFAULT_DOMAIN
    assert await chosen(None, workspace=2) == DEFAULT_DOMAIN


@pytest.mark.parametrize("host", ["a.example.com", "claimed.example.com", "nobody.example.com", "nonsense", ""])
async def test_new_link_does_not_go_to_a_domain_that_is_not_theirs(database: Database, host: str) -> None:
    await verified(database, "a.example.com", workspace=2)
    await claimed(database, "claimed.example.com", workspace=1)

    for actor in (a_program(1), Anonymous()):
        with pytest.raises(InvalidRequest) as refused:
            async with database.write() as tx:
                await domain_for_new_link(actor, host, store=tx.domains)
        assert [error.code for error in refused.value.errors] == ["domain_unknown"]


async def test_a_stranger_gets_the_installations_own_domain(database: Database) -> None:
    async with database.write() as tx:
        assert await domain_for_new_link(Anonymous(), None, store=tx.domains) == SYSTEM_DOMAIN


async def test_files_are_put_replaced_served_and_removed(database: Database) -> None:
    domain = await verified(database)

    async def put(body: bytes) -> None:
        async with database.write() as tx:
            file = DomainFile(name="a.txt", size=len(body))
            await put_file(a_program(), domain.id, file, body, registry=registry(tx))

    await put(b"first")
    await put(b"second\x00\xff")

    _, shown = await domains(database)
    assert shown.files == (DomainFile(name="a.txt", size=8),)
    _, served = await ServedReader(database).served()
    assert served.files == {"a.txt"}
    assert await ServedReader(database).file(domain.id, "a.txt") == b"second\x00\xff"
    async with database.write() as tx:
        await remove_file(a_program(), domain.id, "a.txt", registry=registry(tx))
    with pytest.raises(NotFound):
        async with database.write() as tx:
            await remove_file(a_program(), domain.id, "a.txt", registry=registry(tx))


async def test_files_of_the_installation_belong_to_its_first_workspace(database: Database) -> None:
    async def put(workspace: int) -> None:
        async with database.write() as tx:
            file = DomainFile(name="a.txt", size=1)
            await put_file(a_program(workspace), DEFAULT_DOMAIN, file, b"x", registry=registry(tx))

    with pytest.raises(DomainIsSystem):
        await put(2)
    await put(1)

    (own,) = await ServedReader(database).served()
    assert own.id == DEFAULT_DOMAIN
    assert own.files == {"a.txt"}


async def test_claim_of_one_workspace_is_answered_for_and_claims_of_two_are_not(database: Database) -> None:
    reader = ServedReader(database)
    assert await reader.claim(HOST) is None

    domain = await claimed(database, workspace=1)
    assert await reader.claim(HOST) == domain.proof

    await claimed(database, workspace=2)
    assert await reader.claim(HOST) is None


async def test_the_edge_hears_of_every_change_of_what_is_served(database: Database) -> None:
    domain = await verified(database)
    await changed(database, domain, icp_number="1")
    async with database.write() as tx:
        await remove_domain(a_program(), domain.id, registry=registry(tx))

    async with database.read() as tx:
        rows = (await tx.connection.exec_driver_sql("SELECT domain_id, slug FROM link_changes")).all()
    assert [tuple(row) for row in rows] == [(0, "")] * 3


async def test_hosts_are_found_by_id(database: Database) -> None:
    domain = await verified(database)

    async with database.read() as tx:
        assert await tx.domains.hosts_of([domain.id, DEFAULT_DOMAIN]) == {domain.id: HOST}
        assert await tx.domains.hosts_of([]) == {}


async def test_domains_of_a_workspace_that_ends_are_gone(database: Database) -> None:
    await verified(database, workspace=1)
    await verified(database, "b.example.com", workspace=2)

    async with database.write() as tx:
        await tx.domains.remove_of(WorkspaceId(1))

    assert await served_hosts(database) == ["b.example.com"]
