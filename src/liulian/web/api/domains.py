"""Domains over HTTP: claim, prove, arrange, remove, and the files at their root. Decides nothing itself.

What is looked up in the DNS or in the web is looked up between transactions, never inside one.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.errors import Unavailable
from liulian.base.ids import DomainId, encode_id
from liulian.links.domain_check import check_domain_wish
from liulian.links.domain_files import check_file, file_type
from liulian.links.domain_model import FILE_BYTES_MAX, Domain, proof_path, proof_text, txt_name
from liulian.links.domains import (
    DomainNotVerified,
    Registry,
    add_domain,
    change_domain,
    confirm_domain,
    domain_of,
    file_of,
    list_domains,
    own_domain_of,
    put_file,
    remove_domain,
    remove_file,
    shown_domain_of,
)
from liulian.storage.database import Transaction
from liulian.web.api.bodies import TooLarge, read_bytes
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.domain_schemas import DomainPatch, DomainWish
from liulian.web.api.shown_people import instant
from liulian.web.api.wishes import AnyId, id_in_path, json_answer, read_shape
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of

router = APIRouter(tags=["domains"])

FileName = Annotated[str, Path(description="Such as `MP_verify_abc.txt`; no folders.")]
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "Done.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_RAW = {
    "requestBody": {
        "required": True,
        "content": {"text/plain": {"schema": {"type": "string", "maxLength": FILE_BYTES_MAX}}},
    }
}


@router.get(
    "/domains", summary="List domains", responses=answers(200, "DomainList") | refusals(403), openapi_extra=KEYED
)
async def list_(request: Request, actor: KnownActor) -> Response:
    """List the installation's own domain and those of the workspace, oldest first."""
    place = place_of(request)
    async with parts_of(request).database.read() as tx:
        found = await list_domains(actor, store=tx.domains, files=tx.domain_files)
    return json_answer({"domains": [_shown(each, place=place) for each in found], "next_cursor": None})


@router.post(
    "/domains",
    summary="Add a domain",
    status_code=201,
    responses=answers(201, "Domain") | refusals(403, 409),
    openapi_extra=takes("DomainWish") | KEYED,
)
async def add(request: Request, actor: KnownActor) -> Response:
    """Claim a host. It is served once it is verified; until then others may claim it too."""
    wish, place = await read_shape(request, DomainWish), place_of(request)
    async with parts_of(request).database.write() as tx:
        domain = await add_domain(actor, wish.host, registry=_registry(request, tx, place))
        await _note(request, tx, actor, "domain.added", domain)
    where = f"/api/v1/domains/{encode_id(domain.id)}"
    return json_answer(_shown(domain, place=place), status=201, location=where)


@router.get(
    "/domains/{id}", summary="Show a domain", responses=answers(200, "Domain") | refusals(403), openapi_extra=KEYED
)
async def show(request: Request, actor: KnownActor, domain_id: AnyId) -> Response:
    """Show one domain, with what proves it and its files."""
    return await _answer(request, actor, _id(domain_id))


@router.patch(
    "/domains/{id}",
    summary="Change a domain",
    responses=answers(200, "Domain") | refusals(403),
    openapi_extra=takes("DomainPatch") | KEYED,
)
async def change(request: Request, actor: KnownActor, domain_id: AnyId) -> Response:
    """Change where its root and its unknown slugs lead, its filing numbers, or make it the default."""
    parts, place, number = parts_of(request), place_of(request), _id(domain_id)
    given = (await read_shape(request, DomainPatch)).model_dump(exclude_unset=True)
    async with parts.database.read() as tx:
        await domain_of(actor, number, store=tx.domains, scope=Scope.DOMAINS_WRITE)
    wish = await check_domain_wish(given, own_hosts=place.own_hosts, screen=parts.screen)
    async with parts.database.write() as tx:
        domain = await change_domain(actor, number, wish, registry=_registry(request, tx, place))
        await _note(request, tx, actor, "domain.changed", domain, fields=sorted(given))
    return await _answer(request, actor, number, scope=Scope.DOMAINS_WRITE)


@router.delete(
    "/domains/{id}",
    summary="Remove a domain",
    status_code=204,
    responses=answers(204) | refusals(403, 409),
    openapi_extra=KEYED,
)
async def remove(request: Request, actor: KnownActor, domain_id: AnyId) -> Response:
    """Remove a domain that has no links any more."""
    async with parts_of(request).database.write() as tx:
        domain = await remove_domain(actor, _id(domain_id), registry=_registry(request, tx, place_of(request)))
        await _note(request, tx, actor, "domain.removed", domain)
    return Response(status_code=204)


@router.post(
    "/domains/{id}/verify",
    summary="Verify a domain",
    responses=answers(200, "Domain") | refusals(403, 409),
    openapi_extra=KEYED,
)
async def verify(request: Request, actor: KnownActor, domain_id: AnyId) -> Response:
    """Look for the record and the file, and serve the domain when one of them is there. Else `errors` says what is."""
    parts, place, number = parts_of(request), place_of(request), _id(domain_id)
    async with parts.database.read() as tx:
        domain = await own_domain_of(actor, number, registry=_registry(request, tx, place))
    if domain.verified_at is None:
        if parts.prover is None:
            raise Unavailable
        doubts = await parts.prover.doubts(domain, own_port=_own_port(request))
        if doubts:
            raise DomainNotVerified(errors=doubts)
        async with parts.database.write() as tx:
            domain = await confirm_domain(actor, number, registry=_registry(request, tx, place))
            await _note(request, tx, actor, "domain.verified", domain)
    return await _answer(request, actor, number, scope=Scope.DOMAINS_WRITE)


@router.get(
    "/domains/{id}/files/{name}",
    summary="Show a file",
    responses=_TEXT | refusals(401, 403, 404, 422, 503),
    openapi_extra=KEYED,
)
async def show_file(request: Request, actor: KnownActor, domain_id: AnyId, name: FileName) -> Response:
    """Answer what a file says, always as text: here is where it is edited, not where it is served."""
    async with parts_of(request).database.read() as tx:
        body = await file_of(actor, _id(domain_id), name, store=tx.domains, files=tx.domain_files)
    return Response(body, media_type="text/plain; charset=utf-8")


@router.put(
    "/domains/{id}/files/{name}",
    summary="Put a file",
    responses=answers(200, "Domain") | refusals(403, 409, 413),
    openapi_extra=_RAW | KEYED,
)
async def put(request: Request, actor: KnownActor, domain_id: AnyId, name: FileName) -> Response:
    """Serve a file at the root of the domain, byte for byte as it came: WeChat, WeCom and others ask for such."""
    number, place = _id(domain_id), place_of(request)
    try:
        body = await read_bytes(request, bytes_max=FILE_BYTES_MAX)
    except TooLarge:
        body = bytes(FILE_BYTES_MAX + 1)  # Too long for any file: said in its own words.
    file = check_file(name, body)
    async with parts_of(request).database.write() as tx:
        domain = await put_file(actor, number, file, body, registry=_registry(request, tx, place))
        await _note(request, tx, actor, "domain.file_put", domain, name=name, type=file_type(name).decode())
    return await _answer(request, actor, number, scope=Scope.DOMAINS_WRITE)


@router.delete(
    "/domains/{id}/files/{name}",
    summary="Remove a file",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def delete_file(request: Request, actor: KnownActor, domain_id: AnyId, name: FileName) -> Response:
    """Serve a file no longer."""
    async with parts_of(request).database.write() as tx:
        registry = _registry(request, tx, place_of(request))
        domain = await remove_file(actor, _id(domain_id), name, registry=registry)
        await _note(request, tx, actor, "domain.file_removed", domain, name=name)
    return Response(status_code=204)


async def _answer(
    request: Request, actor: Actor, domain_id: DomainId, *, scope: Scope = Scope.DOMAINS_READ
) -> Response:
    """Show a domain to who may see it; to who has just changed it, by the right to do that."""
    async with parts_of(request).database.read() as tx:
        found = await shown_domain_of(actor, domain_id, store=tx.domains, files=tx.domain_files, scope=scope)
    return json_answer(_shown(found, place=place_of(request)))


def _registry(request: Request, tx: Transaction, place: Place) -> Registry:
    parts = parts_of(request)
    return Registry(
        store=tx.domains,
        files=tx.domain_files,
        ids=parts.ids,
        now=parts.clock(),
        system_hosts=place.system_hosts,
        knows_base_url=parts.site.base_url is not None,
    )


async def _note(request: Request, tx: Transaction, actor: Actor, action: str, domain: Domain, **details: Any) -> None:
    host = domain.host or place_of(request).domain
    await tx.audit.record(actor, action, "domain", domain.id, now=parts_of(request).clock(), host=host, **details)


def _id(text: str) -> DomainId:
    return DomainId(id_in_path(text))


def _own_port(request: Request) -> int | None:
    """Return where this server listens, None for a Unix socket."""
    server: tuple[str, int | None] | None = request.scope.get("server")
    return server[1] if server else None


def _shown(domain: Domain, *, place: Place) -> dict[str, Any]:
    return {
        "id": encode_id(domain.id),
        "host": domain.host or place.domain,
        "is_system": domain.is_system,
        "is_default": domain.is_default,
        "verified_at": instant(domain.verified_at) if domain.verified_at else None,
        "root_destination": domain.root_destination,
        "not_found_destination": domain.not_found_destination,
        "icp_number": domain.icp_number,
        "police_number": domain.police_number,
        "link_count": domain.link_count,
        "verification": None if domain.is_system else _verification(domain),
        "files": [{"name": file.name, "size": file.size} for file in domain.files],
        "created_at": instant(domain.created_at) if domain.created_at else None,
    }


def _verification(domain: Domain) -> dict[str, str]:
    return {
        "txt_name": txt_name(domain.host),
        "txt_value": proof_text(domain.proof),
        "file_path": proof_path(domain.proof),
        "file_body": proof_text(domain.proof),
    }
