"""Check wishes and have their destinations screened, before the transaction that makes them come true.

Screening looks up names, which may take a while: no transaction waits for it. What it refuses is an error of the field
like any other; what it only noticed becomes the link's flags.
"""

import asyncio
import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from liulian.accounts.model import Actor, WorkspaceActor
from liulian.base.errors import FieldError
from liulian.base.urls import host_of
from liulian.links.app_urls import inner_urls, opened_urls
from liulian.links.check import CheckedChange, check_change
from liulian.links.model import Link, LinkChange, LinkDraft
from liulian.links.store import DestinationScreen, ScreenVerdict

BATCH = 50  # Links checked in one go: about two milliseconds.
AT_ONCE = 50  # Destinations screened at the same time; a thousand unknown names then take six seconds at most.

Verdicts = Mapping[str, ScreenVerdict]


@dataclasses.dataclass(frozen=True, slots=True)
class _Passed:
    flags: tuple[str, ...] = ()
    refused: str | None = None


class _NoScreen:
    """Lets everything pass: for an installation without a screen."""

    async def check(self, url: str, *, stranger: bool) -> ScreenVerdict:  # noqa: ARG002 - As the protocol says.
        return _Passed()


NO_SCREEN: Final[DestinationScreen] = _NoScreen()


async def check_drafts(
    drafts: Sequence[LinkDraft],
    actor: Actor,
    *,
    own_hosts: Collection[str],
    screen: DestinationScreen,
    screened_max: int | None = None,
) -> list[CheckedChange]:
    """Return the checked wish for each draft, in order: screened too, or as many of them as may be.

    Those that could come true go first.
    """
    wishes = [
        LinkChange(
            destination=draft.destination,
            slug=draft.slug,
            title=draft.title,
            guard=draft.guard,
            audience=draft.audience,
            expires_at=draft.expires_at,
            note=draft.note,
            tags=draft.tags,
            folder=draft.folder,
            domain=draft.domain,
            created_at=draft.created_at,
            errors=draft.errors,
        )
        for draft in drafts
    ]
    return await _checked(wishes, actor, own_hosts=own_hosts, screen=screen, screened_max=screened_max)


async def check_wish(
    change: LinkChange, actor: Actor, *, old: Link, own_hosts: Collection[str], screen: DestinationScreen
) -> CheckedChange:
    """Return a checked and screened wish. Its flags are all those of the link as it will be.

    Whoever changes one of the addresses that visitors may end up at has the others looked at too, which says what is
    left of the flags; what is not wished is never refused.
    """
    (checked,) = await _checked([change], actor, own_hosts=own_hosts, screen=screen)
    kept = _kept(old, checked)
    if len(kept) == len(_ends(old)):
        return dataclasses.replace(checked, flags=tuple(dict.fromkeys((*old.flags, *checked.flags))))
    kept = [url for url in kept if not _is_ours(url, own_hosts)]
    verdicts = await _verdicts(kept, screen, stranger=not isinstance(actor, WorkspaceActor))
    flags = [flag for url in kept for flag in verdicts[url].flags]
    return dataclasses.replace(checked, flags=tuple(dict.fromkeys((*flags, *checked.flags))))


async def check_wish_for_many(
    change: LinkChange, actor: Actor, *, own_hosts: Collection[str], screen: DestinationScreen
) -> CheckedChange:
    """Return a checked and screened wish for any number of links. Its flags are those of what is wished alone."""
    (checked,) = await _checked([change], actor, own_hosts=own_hosts, screen=screen)
    return checked


def _ends(link: Link) -> list[str]:
    return [link.destination, *(opened_urls(link.guard.app_url) if link.guard.app_url else ())]


def _kept(old: Link, checked: CheckedChange) -> list[str]:
    """Return the addresses of a link that a change leaves as they are."""
    after = dataclasses.replace(
        old, destination=checked.destination or old.destination, guard=checked.guard or old.guard
    )
    stays = set(_ends(after))
    return [url for url in _ends(old) if url in stays]


async def _checked(
    wishes: Sequence[LinkChange],
    actor: Actor,
    *,
    own_hosts: Collection[str],
    screen: DestinationScreen,
    screened_max: int | None = None,
) -> list[CheckedChange]:
    checked: list[CheckedChange] = []
    for wished in wishes:
        if len(checked) % BATCH == BATCH - 1:
            await asyncio.sleep(0)  # The redirects of this process must not wait for a thousand new links.
        checked.append(check_change(wished, own_hosts=own_hosts))
    chosen = sorted(range(len(checked)), key=lambda index: bool(checked[index].errors))[:screened_max]
    led_to = {index: _led_to(checked[index], own_hosts=own_hosts) for index in chosen}
    verdicts = await _verdicts(
        {url for places in led_to.values() for _, url in places},
        screen,
        stranger=not isinstance(actor, WorkspaceActor),
    )
    for index, places in led_to.items():
        checked[index] = _judged(checked[index], places, verdicts)
    return checked


def _led_to(checked: CheckedChange, *, own_hosts: Collection[str]) -> list[tuple[str, str]]:
    """Return the addresses that visitors may end up at, each with the field it comes from."""
    destination = checked.destination
    places = [("destination", destination)] if destination and not _is_ours(destination, own_hosts) else []
    if checked.guard is not None and checked.guard.app_url:
        places += [("guard.app_url", url) for url in inner_urls(checked.guard.app_url, own_hosts=own_hosts)]
    return places


def _is_ours(url: str, own_hosts: Collection[str]) -> bool:
    """Tell whether an accepted destination is a page of ours, which nobody needs to judge, wherever this server is."""
    return host_of(url).strip("[]") in own_hosts


async def _verdicts(urls: Iterable[str], screen: DestinationScreen, *, stranger: bool) -> Verdicts:
    places = asyncio.Semaphore(AT_ONCE)

    async def judge(url: str) -> tuple[str, ScreenVerdict]:
        async with places:
            return url, await screen.check(url, stranger=stranger)

    return dict(await asyncio.gather(*(judge(url) for url in urls)))


def _judged(checked: CheckedChange, places: Sequence[tuple[str, str]], verdicts: Verdicts) -> CheckedChange:
    flags = dict.fromkeys(flag for _, url in places for flag in verdicts[url].flags)
    refusals = [
        FieldError(field, code, {"host": host_of(url)}) for field, url in places if (code := verdicts[url].refused)
    ]
    return dataclasses.replace(checked, flags=tuple(flags), is_screened=True, errors=(*checked.errors, *refusals))
