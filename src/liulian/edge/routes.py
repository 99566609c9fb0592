"""From (domain, path) to a Route, in memory. Third step of a click. Never writes, and never asks the same twice.

The table is bounded; a link that is not in it is loaded from the store by the slow lane, a slug that does not exist is
remembered as missing. The change feed heals both: what changed is forgotten here, and read anew when it is next asked
for.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from typing import Protocol

from liulian.base.ids import DomainId
from liulian.base.meters import Meter, Meters
from liulian.edge.compile import IsListed, Route, compile_route, nothing_is_listed
from liulian.links.model import Target

MISSING_MAX = 100_000  # About 12 MB of slugs that do not exist; guessing more only forgets the oldest.
SECOND_CHANCES_MAX = 16  # Routes passed over in one eviction: a bound on the pause, not a matter of taste.

Paths = OrderedDict[bytes, Route]


class TargetSource(Protocol):
    """Where links are kept: the database here, an edge's upstream elsewhere."""

    async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:
        """Return the link behind a slug, or None."""


class Routes:
    """All links this process knows. Belongs to the event loop's thread."""

    def __init__(self, *, routes_max: int, meters: Meters, is_listed: IsListed = nothing_is_listed) -> None:
        self.by_domain: dict[DomainId, Paths] = {}
        self._counts = meters.counts
        self._routes_max = routes_max
        self.is_listed = is_listed
        self._size = 0
        self._missing: dict[tuple[DomainId, str], None] = {}
        self._loading: dict[tuple[DomainId, str], asyncio.Task[Route | None]] = {}
        self._stale: set[tuple[DomainId, str]] = set()
        self._changed_while_warming: set[tuple[DomainId, bytes]] | None = None

    def paths(self, domain_id: DomainId) -> Paths:
        """Return the table of one domain; the fast lane looks paths up in it directly."""
        paths = self.by_domain.get(domain_id)
        if paths is None:
            paths = self.by_domain[domain_id] = OrderedDict()
        return paths

    def __len__(self) -> int:
        return self._size

    async def find(self, source: TargetSource, *, domain_id: DomainId, slug: str, path: bytes) -> Route | None:
        """Return a route from memory or from the store; None when there is no such link. Raises as the store does."""
        route = self.paths(domain_id).get(path)
        if route is not None:
            return route
        key = (domain_id, slug)
        if key in self._missing:
            return None
        loading = self._loading.get(key)
        if loading is None:
            loading = asyncio.create_task(self._load(source, key))
            self._loading[key] = loading
            loading.add_done_callback(lambda _: self._loading.pop(key, None))
        return await asyncio.shield(loading)

    async def _load(self, source: TargetSource, key: tuple[DomainId, str]) -> Route | None:
        """Read one link. What changed while it was being read is answered but not kept: it may be the old state."""
        self._counts[Meter.ROUTE_LOADS] += 1
        self._stale.discard(key)
        target = await source.find(domain_id=key[0], slug=key[1])
        kept = key not in self._stale
        if target is None:
            if kept:
                self._remember_missing(key)
            return None
        route = compile_route(target, is_listed=self.is_listed)
        if kept:
            self._keep(target, route)
        return route

    def start_warming(self) -> None:
        """From now on remember what changes: pages of links read for `warm` may be older than that."""
        self._changed_while_warming = set()

    def warm(self, targets: Iterable[Target]) -> None:
        """Take links in before they are asked for, as far as there is room."""
        changed = self._changed_while_warming
        if changed is None:
            return  # Everything was forgotten meanwhile: what was read may be older than that.
        for target in targets:
            known = target.path in self.paths(target.domain_id) or (target.domain_id, target.path) in changed
            if not known and self._size < self._routes_max:
                self._keep(target, compile_route(target, is_listed=self.is_listed))

    def end_warming(self) -> None:
        """All pages are in."""
        self._changed_while_warming = None

    def forget(self, domain_id: DomainId, slug: str, path: bytes) -> None:
        """A link changed: whatever is known of it is old."""
        key = (domain_id, slug)
        if self.paths(domain_id).pop(path, None) is not None:
            self._size -= 1
        self._missing.pop(key, None)
        if key in self._loading:
            self._stale.add(key)
        if self._changed_while_warming is not None:
            self._changed_while_warming.add((domain_id, path))

    def forget_all(self) -> None:
        """Changes were missed: nothing that is known can be trusted. Tables stay the same objects."""
        for paths in self.by_domain.values():
            paths.clear()
        self._size = 0
        self._missing.clear()
        self._stale.update(self._loading)
        self._changed_while_warming = None

    def _keep(self, target: Target, route: Route) -> None:
        paths = self.paths(target.domain_id)
        if self._size >= self._routes_max:
            self._evict()
        if target.path not in paths:
            self._size += 1
        paths[target.path] = route

    def _evict(self) -> None:
        """Drop the oldest route that nobody opened since it was last passed over."""
        paths = max(self.by_domain.values(), key=len)
        for _ in range(SECOND_CHANCES_MAX):
            path, route = paths.popitem(last=False)
            if not route.used:
                break
            route.used = False
            paths[path] = route
        else:
            paths.popitem(last=False)
        self._size -= 1

    def _remember_missing(self, key: tuple[DomainId, str]) -> None:
        if len(self._missing) >= MISSING_MAX:
            self._missing.pop(next(iter(self._missing)))
        self._missing[key] = None
