"""From raw records to rows of the lake: the named steps between spool and commit. Pure but for its memories.

head → client address → agent (app, system, browser, bot or human) → referrer and campaign → language → place → visitor
key; then the address is dropped. Each step is remembered by its raw value, so that a click costs one parse of its head,
one hash and a few look-ups. Never raises for what a visitor sent.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Generic

import pyarrow as pa

from liulian.base.net import TrustedProxies, plain_address
from liulian.clicks.agents import describe_agent
from liulian.clicks.bots import flags_of
from liulian.clicks.facts import Facts, Numbers, Raw, as_column
from liulian.clicks.geo import NOWHERE, Place, PlaceFinder
from liulian.clicks.head import parse_head
from liulian.clicks.languages import primary_language
from liulian.clicks.outcome import Outcome
from liulian.clicks.privacy import visitor_key
from liulian.clicks.referrers import describe_referrer
from liulian.clicks.spool_reader import Record
from liulian.lake.schema import CLICKS
from liulian.visitors.model import visitor_class

REMEMBERED_MAX = 50_000  # Values per fact: some 25 MB with long user agents.
CLIENTS_MAX = 100_000
WORD_LENGTH_MAX = 256  # Letters kept of a campaign or another word that a visitor's address bar can make endless.

AgentKey = tuple[int, bytes, bytes]  # Visitor class, user agent, purpose.
ReferrerKey = tuple[bytes, bytes]  # Referer, query.
LanguageKey = tuple[bytes, bytes]  # Accept-Language, and the user agent where that says nothing: WeChat's does.


@dataclass(frozen=True, slots=True)
class SpoolRows:
    """Records of one spool, and the local day of each as days since 1970."""

    spool_id: str
    records: Sequence[Record]
    days: Sequence[int]


@dataclass(slots=True)
class _Draft:
    """What a batch has so far: numbers of facts, visitor keys, and what is copied as it is."""

    spools: Numbers = field(default_factory=lambda: array("i"))
    outcomes: Numbers = field(default_factory=lambda: array("i"))
    agents: Numbers = field(default_factory=lambda: array("i"))
    referrers: Numbers = field(default_factory=lambda: array("i"))
    languages: Numbers = field(default_factory=lambda: array("i"))
    places: Numbers = field(default_factory=lambda: array("i"))
    visitors: list[bytes] = field(default_factory=list)
    days: Numbers = field(default_factory=lambda: array("i"))
    numbers: dict[str, Numbers] = field(
        default_factory=lambda: {name: array("q") for name in ("happened_at", "link_id", "workspace_id", "position")}
    )


class Enricher:
    """Turns batches of records into tables. Not for several threads at once."""

    def __init__(self, *, places: PlaceFinder, proxies: TrustedProxies) -> None:
        self._finder = places
        self._direct = _Remembered[bytes](lambda peer: b"" if proxies.trusts(peer) else plain_address(peer))
        self._forwarded = _Remembered[tuple[bytes, bytes]](
            lambda key: proxies.client_address(key[0], key[1].decode("latin-1"))
        )
        self._spools = Facts[str](("spool",), lambda spool_id: (spool_id,), default=("",), limit=REMEMBERED_MAX)
        self._outcomes = Facts[int](("outcome",), _outcome, default=("unknown",), limit=256)
        self._agents = Facts[AgentKey](
            ("app", "system", "form", "browser", "browser_version", "system_version", "brand", "flags"),
            _agent,
            default=("other", "other", "other", "", "", "", "", 0),
            limit=REMEMBERED_MAX,
        )
        self._referrers = Facts[ReferrerKey](
            ("referrer", "source", "medium", "campaign", "term", "content"),
            _referrer,
            default=("",) * 6,
            limit=REMEMBERED_MAX,
        )
        self._languages = Facts[LanguageKey](("language",), _language, default=("",), limit=REMEMBERED_MAX)
        self._places = Facts[bytes](Place._fields, places.find, default=NOWHERE, limit=REMEMBERED_MAX)

    @property
    def failures(self) -> int:
        """How many raw values could not be described since the start; their clicks are stored all the same."""
        return sum(facts.failures for facts in (self._agents, self._referrers, self._languages, self._places))

    def enrich(self, spools: Sequence[SpoolRows], *, salts: Mapping[int, bytes]) -> pa.Table:
        """Return the rows of these records, in their order. Every day of theirs must have a salt."""
        self._begin_batch()
        draft = _Draft()
        for rows in spools:
            if rows.records:
                self._copy(rows, draft)
                self._describe(rows, draft, salts)
        return self._table(draft)

    def _begin_batch(self) -> None:
        if self._finder.refresh():
            self._places.forget()
        for facts in (self._spools, self._agents, self._referrers, self._languages, self._places):
            facts.begin_batch()
        self._direct.begin_batch()
        self._forwarded.begin_batch()

    def _copy(self, rows: SpoolRows, draft: _Draft) -> None:
        """Take over what needs no thought."""
        positions, times, links, workspaces, _, outcomes, _, _ = zip(*rows.records, strict=True)
        draft.numbers["position"].extend(positions)
        draft.numbers["happened_at"].extend(times)
        draft.numbers["link_id"].extend(links)
        draft.numbers["workspace_id"].extend(workspaces)
        draft.days.extend(rows.days)
        draft.spools.extend(repeat(self._spools[rows.spool_id], len(rows.records)))
        draft.outcomes.extend(map(self._outcomes.__getitem__, outcomes))

    def _describe(self, rows: SpoolRows, draft: _Draft, salts: Mapping[int, bytes]) -> None:
        """The one loop that touches each click: everything in it is counted in tenths of a microsecond."""
        agents, referrers, languages, places = self._agents, self._referrers, self._languages, self._places
        add_agent, add_referrer = draft.agents.append, draft.referrers.append
        add_language, add_place, add_visitor = draft.languages.append, draft.places.append, draft.visitors.append
        direct, forwarded, has_places = self._direct, self._forwarded, self._finder.has_files
        for record, day in zip(rows.records, rows.days, strict=True):
            _, _, link_id, workspace_id, code, _, peer, raw = record
            query, user_agent, referer, accept_language, forwarded_for, purpose = parse_head(raw)
            address = direct[peer] or forwarded[peer, forwarded_for]
            add_agent(agents[code, user_agent, purpose])
            add_referrer(referrers[referer, query])
            add_language(languages[accept_language, b"" if accept_language else user_agent])
            add_place(places[address if has_places else b""])
            add_visitor(visitor_key(salts[day], workspace_id or link_id, address, user_agent))

    def _table(self, draft: _Draft) -> pa.Table:
        columns = {name: as_column(numbers, pa.int64()) for name, numbers in draft.numbers.items()}
        columns["happened_at"] = columns["happened_at"].cast(pa.timestamp("us"))
        columns["day"] = as_column(draft.days, pa.int32()).cast(pa.date32())
        keys = pa.py_buffer(b"".join(draft.visitors))
        columns["visitor"] = pa.Array.from_buffers(pa.int64(), len(draft.visitors), [None, keys])
        columns |= self._spools.arrays(draft.spools) | self._outcomes.arrays(draft.outcomes)
        columns |= self._agents.arrays(draft.agents) | self._referrers.arrays(draft.referrers)
        columns |= self._languages.arrays(draft.languages) | self._places.arrays(draft.places)
        arrays = [columns[name] for name in CLICKS.names]
        fields = [CLICKS.field(name).with_type(columns[name].type) for name in CLICKS.names]
        return pa.table(arrays, schema=pa.schema(fields))


class _Remembered(dict[Raw, bytes], Generic[Raw]):
    """Addresses by what they were worked out from: a peer (empty for a proxy of ours), or a peer and its header."""

    def __init__(self, work_out: Callable[[Raw], bytes]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, raw: Raw) -> bytes:
        address = self[raw] = self._work_out(raw)
        return address

    def begin_batch(self) -> None:
        if len(self) > CLIENTS_MAX:
            self.clear()


def _outcome(number: int) -> tuple[str]:
    """Return the stored name; a number of a newer version keeps its number."""
    try:
        return (Outcome(number).name.lower(),)
    except ValueError:
        return (f"outcome_{number}",)


def _agent(key: AgentKey) -> tuple[str | int, ...]:
    code, user_agent, purpose = key
    seen = visitor_class(code)
    text = _text(user_agent)
    agent = describe_agent(text)
    flags = int(flags_of(seen, user_agent=text, purpose=_text(purpose)))
    words = (agent.browser, agent.browser_version, agent.system_version, agent.brand)
    return (seen.container, seen.system, seen.form, *(word[:WORD_LENGTH_MAX] for word in words), flags)


def _referrer(key: ReferrerKey) -> tuple[str, ...]:
    referer, query = key
    found = describe_referrer(_text(referer), _text(query))
    words = (found.host, found.source, found.medium, found.campaign, found.term, found.content)
    return tuple(word[:WORD_LENGTH_MAX] for word in words)


def _language(key: LanguageKey) -> tuple[str]:
    accept_language, user_agent = key
    return (primary_language(_text(accept_language), user_agent=_text(user_agent))[:WORD_LENGTH_MAX],)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
