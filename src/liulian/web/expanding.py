"""Follow a short link for a caller: the page and the API share it. Strangers have a budget, our own links are read."""

import re
from time import monotonic

from ada_url import URL
from fastapi import Request

from liulian.accounts.model import Actor, WorkspaceActor
from liulian.base.clock import to_micros
from liulian.base.errors import AppError, Unavailable
from liulian.base.ids import DomainId
from liulian.base.urls import host_of
from liulian.edge.target import link_request
from liulian.links.model import DEFAULT_DOMAIN, Target
from liulian.safety.expand import USUAL_PORTS, Expansion
from liulian.safety.fetch import Fetched
from liulian.storage.targets import TargetReader
from liulian.web.parts import Parts, parts_of
from liulian.web.place import caller_address, place_of

_PORT = re.compile(r":(\d{1,5})\Z", re.ASCII)


class TooManyExpansions(AppError):
    """A stranger followed as many links as we go along with."""

    status, code = 429, "too_many_expansions"


async def expansion_of(request: Request, typed: str, actor: Actor) -> Expansion:
    """Return the way of what was typed. Raises InvalidRequest, TooManyExpansions or Unavailable."""
    parts = parts_of(request)
    if parts.expander is None:
        raise Unavailable
    if not isinstance(actor, WorkspaceActor):
        wait_s = parts.expander.budget.spend(caller_address(request), monotonic())
        if wait_s is not None:
            raise TooManyExpansions(retry_after_s=wait_s)

    place = place_of(request)

    async def own_link(url: str) -> Fetched:
        return await _own_link(url, domain_id=place.domain_named(host_of(url)) or DEFAULT_DOMAIN, parts=parts)

    ports = _own_ports(place.origin, f"//{request.headers.get('host', '')}")
    return await parts.expander.expand(typed, own_hosts=place.own_hosts, own_ports=ports, own_link=own_link)


def _own_ports(*origins: str) -> set[int]:
    """Return where we answer: on the two usual ports, unless we are known by another one."""
    found = {int(told[1]) if (told := _PORT.search(origin)) else 443 for origin in origins}
    usual = set(USUAL_PORTS.values())
    return found | usual if found & usual else found


async def _own_link(url: str, *, domain_id: DomainId, parts: Parts) -> Fetched:
    """Return what we would answer somebody who may open the link, without counting a click."""
    asked = link_request(URL(url).pathname.encode())
    if asked is None:
        return Fetched(200)
    if asked.slug is None:
        return Fetched(404)
    target = await TargetReader(parts.database).find(domain_id=domain_id, slug=asked.slug)
    if target is None:
        return Fetched(404)
    return Fetched(410) if _is_gone(target, parts=parts) else Fetched(302, target.destination)


def _is_gone(target: Target, *, parts: Parts) -> bool:
    rules = target.rules
    if rules is None:
        return False
    has_expired = rules.expires_us is not None and to_micros(parts.clock()) >= rules.expires_us
    return rules.taken_down is not None or has_expired
