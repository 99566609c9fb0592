"""Templates of communities over HTTP: look at them, and have a living community made from one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from liulian.accounts.model import require
from liulian.accounts.permissions import Scope
from liulian.base.errors import NotFound
from liulian.base.i18n import Language
from liulian.base.ids import ChannelId
from liulian.community.service import open_community
from liulian.community.templates import (
    KEYS,
    build_from_template,
    check_template_wish,
    first_channel,
    may_list_templates,
    slug_for,
    template,
)
from liulian.web.api.bodies import read_json
from liulian.web.api.communities import community_answer
from liulian.web.api.community_channels import put_channel, wished_link
from liulian.web.api.community_shown import builder_of
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.wishes import json_answer
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of

router = APIRouter(tags=["community-templates"])

Key = Annotated[str, Path(description=f"One of {', '.join(KEYS)}.")]


@router.get(
    "/community-templates",
    summary="List templates of communities",
    responses=answers(200, "TemplateList") | refusals(403),
    openapi_extra=KEYED,
)
async def list_(actor: KnownActor) -> Response:
    """List communities that are ready to be used."""
    may_list_templates(actor)
    return json_answer({"templates": [_line(key) for key in KEYS], "next_cursor": None})


@router.get(
    "/community-templates/{key}",
    summary="Show a template of a community",
    responses=answers(200, "CommunityTemplate") | refusals(403),
    openapi_extra=KEYED,
)
async def show(actor: KnownActor, key: Key) -> Response:
    """Show one template whole, in both languages."""
    may_list_templates(actor)
    if key not in KEYS:
        raise NotFound
    texts = {language.value: dict(template(key, language)) for language in Language}
    return json_answer({"key": key, "emblem": _emblem(key), "languages": texts})


@router.post(
    "/communities/from-template",
    summary="Make a community from a template",
    status_code=201,
    responses=answers(201, "Community") | refusals(403, 409),
    openapi_extra=KEYED | takes("TemplateWish"),
)
async def create(request: Request, actor: KnownActor) -> Response:
    """Make a whole community, open, with a first channel link: problem, goals, symbols, badges, rituals, services."""
    require(actor, Scope.COMMUNITIES_WRITE)
    parts, body = parts_of(request), await read_json(request)
    wish = check_template_wish(body.value)
    async with parts.database.read() as tx:
        slug = await slug_for(wish, store=tx.communities)
    channel, channel_id = first_channel(wish), ChannelId(parts.ids())
    name = wish.name or str(template(wish.key, wish.language)["name"])
    link_wish = await wished_link(request, actor, channel, slug=slug, title=name, channel_id=channel_id)
    async with parts.database.write() as tx:
        builder = builder_of(request, tx)
        community = await build_from_template(actor, wish, slug=slug, builder=builder)
        await put_channel(request, tx, actor, community.id, channel, channel_id=channel_id, link_wish=link_wish)
        community = await open_community(actor, community, builder=builder)
        return await community_answer(request, tx, community, status=201)


def _line(key: str) -> dict[str, Any]:
    texts = {language.value: template(key, language) for language in Language}
    return {
        "key": key,
        "emblem": _emblem(key),
        "names": {language: text["name"] for language, text in texts.items()},
        "summaries": {language: text["summary"] for language, text in texts.items()},
    }


def _emblem(key: str) -> str:
    return str(template(key, Language.ZH)["symbols"]["emblem"])
