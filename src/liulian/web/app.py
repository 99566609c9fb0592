"""Put the web side together: routers, errors, headers, static files. `/{slug}` is answered before it gets here."""

from functools import partial

from fastapi import FastAPI
from fastapi.routing import APIRoute

from liulian.web.api import (
    api_keys,
    audit,
    communities,
    community_broadcasts,
    community_channels,
    community_connectors,
    community_evidence,
    community_members,
    community_money,
    community_order,
    community_parts,
    community_results,
    community_templates,
    document,
    domains,
    exports,
    factors,
    imports,
    labels,
    link_qr,
    links,
    me,
    members,
    organise,
    resets,
    session,
    setup,
    sso,
    stats,
    workspace,
)
from liulian.web.api import expand as expand_api
from liulian.web.api import qr as qr_api
from liulian.web.errors import install_errors
from liulian.web.headers import SecureHeaders
from liulian.web.members.routers import ROUTERS as MEMBER_PAGES
from liulian.web.pages import console, expand, home, qr, report, texts
from liulian.web.pages.assets import mount_static
from liulian.web.parts import Parts

ACCOUNTS = (setup, session, sso, me, factors, resets, workspace, members, api_keys, audit)


def create_app(parts: Parts) -> FastAPI:
    """Return the application of one web process. It touches neither database nor network until it is asked."""
    app = FastAPI(
        openapi_url=None,  # Ours, and a page that loads nothing from elsewhere: api/document.py.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.parts = parts
    install_errors(app)
    for router in MEMBER_PAGES:  # First: thousands come at the full hour, and routes are tried one after another.
        app.include_router(router)
    app.include_router(links.router, prefix="/api/v1")
    app.include_router(organise.router, prefix="/api/v1")
    app.include_router(link_qr.router, prefix="/api/v1")
    for router in labels.routers:
        app.include_router(router, prefix="/api/v1")
    app.include_router(stats.router, prefix="/api/v1")
    app.include_router(qr_api.router, prefix="/api/v1")
    app.include_router(expand_api.router, prefix="/api/v1")
    app.include_router(domains.router, prefix="/api/v1")
    app.include_router(imports.router, prefix="/api/v1")
    app.include_router(exports.router, prefix="/api/v1")
    for area in ACCOUNTS:
        app.include_router(area.router, prefix="/api/v1")
    for router in (communities.router, *community_parts.routers, community_channels.router, community_templates.router):
        app.include_router(router, prefix="/api/v1")
    app.include_router(community_results.router, prefix="/api/v1")
    app.include_router(community_broadcasts.router, prefix="/api/v1")
    app.include_router(community_members.router, prefix="/api/v1")
    app.include_router(community_order.router, prefix="/api/v1")
    app.include_router(community_connectors.router, prefix="/api/v1")
    app.include_router(community_evidence.router, prefix="/api/v1")
    app.include_router(community_money.router, prefix="/api/v1")
    app.include_router(document.router)
    app.include_router(home.router)
    app.include_router(qr.router)
    app.include_router(texts.router)
    app.include_router(expand.router)
    app.include_router(report.router)
    app.include_router(console.router)
    mount_static(app)
    app.add_middleware(SecureHeaders)
    app.openapi = partial(document.document, app)  # type: ignore[method-assign] # As FastAPI's manual says.
    return app


def _operation_id(route: APIRoute) -> str:
    """Return how an operation is called in the OpenAPI document, and so in generated clients: `links_create_bulk`."""
    return "_".join([*map(str, route.tags[:1]), route.name.strip("_")])
