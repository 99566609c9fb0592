"""Channel links: one ordinary short link for each channel (a poster, a store, a video), so that its people are known.

The link is made by the service of links, and leads to `{origin}/c/{slug}?ch={id}`; here is what makes it a channel.
Works inside the caller's transaction and never commits.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.errors import NotFound
from liulian.base.ids import ChannelId, CommunityId, encode_id
from liulian.community.acts import NO_STIMULUS, Purpose, Stimulus
from liulian.community.model import PARTS_MAX, ChannelLink, Community
from liulian.community.parts import TooManyParts
from liulian.community.reading import Reading
from liulian.community.service import community_for
from liulian.community.store import Builder, CommunityStore
from liulian.community.symbols import merged
from liulian.community.wording import name_of
from liulian.links.model import Link
from liulian.links.slugs import SLUG_LENGTH_MAX

AMOUNT_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedChannel:
    """A wish in its normal form. `slug`: the wished slug of its link, which the service of links judges."""

    name: str
    purpose: Purpose
    stimulus: Stimulus
    slug: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChannel:
    """A channel with its link (None: it was deleted) and the number of members it brought, ever."""

    channel: ChannelLink
    link: Link | None
    members: int


def check_channel(given: object, *, is_new: bool) -> CheckedChannel:
    """Return what is wished of a channel. Raises InvalidRequest with every fault at once."""
    reading = Reading(given)
    wish = CheckedChannel(
        name=name_of(reading),
        purpose=reading.choice("purpose", Purpose, default=Purpose.PROBLEM),
        stimulus=_stimulus(reading.part("stimulus")),
        slug=(reading.text("slug", length_max=SLUG_LENGTH_MAX, default="") or None) if is_new else None,
    )
    reading.finish()
    reading.refuse()
    return wish


def channel_fields(channel: ChannelLink) -> dict[str, Any]:
    """Return a channel as it would be wished: what `check_channel` takes."""
    stimulus = channel.stimulus
    return {
        "name": channel.name,
        "purpose": channel.purpose.value,
        "stimulus": {"share": stimulus.share, "amount": stimulus.amount},
    }


def community_path(slug: str) -> str:
    """Return the path of a community as browsers send it: a slug may be Chinese, headers and cookies are not."""
    return f"/c/{quote(slug, safe='')}"


def community_url(origin: str, slug: str) -> str:
    """Return where members find a community."""
    return f"{origin}{community_path(slug)}"


def channel_destination(origin: str, slug: str, channel_id: ChannelId) -> str:
    """Return where the link of a channel leads."""
    return f"{community_url(origin, slug)}?ch={encode_id(channel_id)}"


async def add_channel(
    actor: Actor,
    community_id: CommunityId,
    wish: CheckedChannel,
    *,
    channel_id: ChannelId,
    link: Link,
    builder: Builder,
) -> ChannelLink:
    """Return the channel that a link of this transaction now stands for. Raises NotFound or TooManyParts."""
    community = await _theirs(actor, community_id, builder=builder)
    if len(await builder.store.channels.list_of(community.id)) >= PARTS_MAX:
        raise TooManyParts(max=PARTS_MAX)
    channel = ChannelLink(
        id=channel_id,
        community_id=community.id,
        link_id=link.id,
        name=wish.name,
        purpose=wish.purpose,
        stimulus=wish.stimulus,
        created_at=builder.now,
    )
    await builder.store.channels.add(channel)
    await _note(actor, "community.part_added", channel, builder=builder)
    return channel


async def change_channel(
    actor: Actor, community_id: CommunityId, channel_id: ChannelId, given: object, *, builder: Builder
) -> ChannelLink:
    """Return the channel as it now is. What is not given stays. Raises NotFound or InvalidRequest."""
    community = await _theirs(actor, community_id, builder=builder)
    old = await _channel(community, channel_id, builder=builder)
    wish = check_channel(merged(channel_fields(old), given), is_new=False)
    new = dataclasses.replace(old, name=wish.name, purpose=wish.purpose, stimulus=wish.stimulus)
    if new != old:
        await builder.store.channels.replace(new)
        await _note(actor, "community.part_changed", new, builder=builder)
    return new


async def remove_channel(actor: Actor, community_id: CommunityId, channel_id: ChannelId, *, builder: Builder) -> None:
    """Count a channel's people no longer. Its short link stays, because it may be printed. Raises NotFound."""
    community = await _theirs(actor, community_id, builder=builder)
    old = await _channel(community, channel_id, builder=builder)
    await builder.store.channels.remove(old.id, now=builder.now)
    await _note(actor, "community.part_removed", old, builder=builder)


async def list_channels(actor: Actor, community_id: CommunityId, *, store: CommunityStore) -> list[SeenChannel]:
    """Return all channels with their links and the members they brought, oldest first. Raises NotFound."""
    community = await community_for(actor, community_id, store=store)
    channels = await store.channels.list_of(community.id)
    links = {link.id: link for link in await store.links_of_channels(community)}
    brought: Mapping[ChannelId, int] = await store.members_brought(community.id)
    return [
        SeenChannel(channel=channel, link=links.get(channel.link_id), members=brought.get(channel.id, 0))
        for channel in channels
    ]


async def find_channel(
    actor: Actor, community_id: CommunityId, channel_id: ChannelId, *, store: CommunityStore, scope: Scope
) -> SeenChannel:
    """Return one channel with its link and the members it brought. Raises NotFound."""
    community = await community_for(actor, community_id, store=store, scope=scope)
    channel = await store.channels.find(channel_id, community_id=community.id)
    if channel is None:
        raise NotFound
    links = {link.id: link for link in await store.links_of_channels(community)}
    brought = await store.members_brought(community.id)
    return SeenChannel(channel=channel, link=links.get(channel.link_id), members=brought.get(channel.id, 0))


def _stimulus(part: Reading | None) -> Stimulus:
    if part is None:
        return NO_STIMULUS
    share = part.number("share", low=0, high=1) if part.has("share") else None
    amount = part.number("amount", low=0, high=AMOUNT_MAX) if part.has("amount") else None
    part.value("share"), part.value("amount")
    part.finish()
    return NO_STIMULUS if share is None and amount is None else Stimulus(share=share, amount=amount)


async def _theirs(actor: Actor, community_id: CommunityId, *, builder: Builder) -> Community:
    return await community_for(actor, community_id, store=builder.store, scope=Scope.COMMUNITIES_WRITE, for_update=True)


async def _channel(community: Community, channel_id: ChannelId, *, builder: Builder) -> ChannelLink:
    found = await builder.store.channels.find(channel_id, community_id=community.id, for_update=True)
    if found is None:
        raise NotFound
    return found


async def _note(actor: Actor, action: str, channel: ChannelLink, *, builder: Builder) -> None:
    await builder.audit.record(
        actor, action, "community", channel.community_id, now=builder.now, part="channel", name=channel.name
    )
