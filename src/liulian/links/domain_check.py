"""Check what a caller wishes of a domain, every field at once, and have its destinations screened. Never stores.

Screening looks up names, which may take a while: no transaction waits for it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from liulian.base.errors import FieldError, FieldRefused
from liulian.base.urls import host_of, parse_destination
from liulian.links.store import DestinationScreen

NUMBER_LENGTH_MAX = 100  # What still fits the foot of a page on a phone.
DESTINATIONS = ("root_destination", "not_found_destination")
NUMBERS = ("icp_number", "police_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDomain:
    """Wishes in their normal form. `fields` are those that were mentioned and accepted; None takes a value away."""

    fields: dict[str, Any] = field(default_factory=dict)
    is_default: bool | None = None
    errors: tuple[FieldError, ...] = ()


async def check_domain_wish(
    given: Mapping[str, Any],
    *,
    own_hosts: Collection[str],
    screen: DestinationScreen,
    errors: tuple[FieldError, ...] = (),
) -> CheckedDomain:
    """Return the checked and screened wish. `given` has only what was mentioned; `errors` is refused already."""
    fields: dict[str, str | None] = {}
    refused = list(errors)
    for name in (*DESTINATIONS, *NUMBERS):
        if name not in given:
            continue
        try:
            if name in DESTINATIONS:
                fields[name] = await _destination(given[name], own_hosts=own_hosts, screen=screen)
            else:
                fields[name] = _number(given[name])
        except FieldRefused as problem:
            refused.append(problem.of(name))
    return CheckedDomain(fields=fields, is_default=given.get("is_default"), errors=tuple(refused))


async def _destination(typed: str | None, *, own_hosts: Collection[str], screen: DestinationScreen) -> str | None:
    """Return a destination by the rules of links; None or nothing takes it away."""
    if typed is None or not typed.strip():
        return None
    url = parse_destination(typed, own_hosts=own_hosts)
    verdict = await screen.check(url, stranger=False)
    if verdict.refused:
        raise FieldRefused(verdict.refused, host=host_of(url))
    return url


def _number(typed: str | None) -> str | None:
    number = (typed or "").strip()
    if len(number) > NUMBER_LENGTH_MAX or not number.isprintable():
        raise FieldRefused("filing_number_invalid", max=NUMBER_LENGTH_MAX)
    return number or None
