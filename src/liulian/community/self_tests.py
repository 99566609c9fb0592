"""Self-tests: what is asked, how answers become a score and a band, and when a change is more than chance.

The definition is written by operators and checked here, whole, before it is stored. Answers belong to the version they
were given to. Nothing here promises medicine, and nothing stores anything.

    {"about": …, "items": [{"key", "kind": "choice | number | multi", "text", "options": [{"value", "text"}],
     "min", "max", "unit", "decimals", "is_scored", "is_reversed", "is_required"}], "scoring": "sum | mean",
     "bands": [{"key", "from", "to", "name", "text"}], "better": "higher | lower | neither",
     "change": {"value", "source"} or {"reliability", "sd", "source"}, "is_health": true, "source": …}

Bands of whole scores run 0–7, 8–14; of others 0–1.5, 1.5–3, and a score on the border belongs to the upper one.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from liulian.base.errors import FieldError
from liulian.community.claims import medical_claim
from liulian.community.reading import Reading

ITEMS_MAX = 60  # People who are asked more give up, or answer anything.
OPTIONS_MAX = 20
BANDS_MAX = 12
TEXT_MAX = 2_000
LINE_MAX = 200
DECIMALS_MAX = 2
_Z95 = 1.96
_TINY = 1e-9  # Sums of decimals are not exact.


class ItemKind(StrEnum):
    """How an item is answered."""

    CHOICE = "choice"
    NUMBER = "number"
    MULTI = "multi"


class Scoring(StrEnum):
    """What becomes of the answers that count."""

    SUM = "sum"
    MEAN = "mean"


class Better(StrEnum):
    """Which way is the good one."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


Answer = float | tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose. Its value names it, and counts."""

    value: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question. `low` and `high`: what it can add to a score, and for a number also its bounds."""

    key: str
    kind: ItemKind
    text: str
    options: tuple[Option, ...] = ()
    low: float = 0
    high: float = 0
    unit: str = ""
    decimals: int = 0
    is_scored: bool = True
    is_reversed: bool = False
    is_required: bool = True

    def points(self, answer: Answer) -> float:
        """Return what an answer adds to the score."""
        plain = math.fsum(answer) if isinstance(answer, tuple) else answer
        return self.low + self.high - plain if self.is_reversed else plain

    def option(self, value: float) -> Option | None:
        return next((option for option in self.options if option.value == value), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What a score from `low` to `high` means."""

    key: str
    low: float
    high: float
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimalChange:
    """The smallest change that is more than chance (MDC95), and where that figure is from."""

    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """A definition that was checked. `change` None: nobody knows how much of a change is chance."""

    about: str
    items: tuple[Item, ...]
    scoring: Scoring
    bands: tuple[Band, ...]
    better: Better
    change: MinimalChange | None
    is_health: bool
    source: str

    @property
    def scored(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.is_scored)

    @property
    def range(self) -> tuple[float, float] | None:
        """Return the lowest and the highest score; None where nothing counts."""
        scored = self.scored
        if not scored:
            return None
        share = len(scored) if self.scoring is Scoring.MEAN else 1
        return math.fsum(item.low for item in scored) / share, math.fsum(item.high for item in scored) / share

    def item(self, key: str) -> Item | None:
        return next((item for item in self.items if item.key == key), None)

    def band(self, key: str) -> Band | None:
        return next((band for band in self.bands if band.key == key), None)


def check_self_test(definition: object) -> SelfTest:
    """Return the self-test that a definition describes. Raises InvalidRequest with every fault at once."""
    reading = Reading(definition)
    test = SelfTest(
        about=_prose(reading, "about", length_max=TEXT_MAX, default=""),
        items=tuple(_item(each) for each in reading.parts("items", at_least=1, at_most=ITEMS_MAX)),
        scoring=reading.choice("scoring", Scoring, default=Scoring.SUM),
        bands=tuple(_band(each) for each in reading.parts("bands", at_least=0, at_most=BANDS_MAX)),
        better=reading.choice("better", Better, default=Better.NEITHER),
        change=_change(reading),
        is_health=reading.flag("is_health", default=True),
        source=reading.visible("source", length_max=LINE_MAX, default=""),
    )
    reading.finish()
    _note_twice(reading, "items", [item.key for item in test.items])
    _note_twice(reading, "bands", [band.key for band in test.bands])
    if not any(fault.field.startswith(("items", "bands", "scoring")) for fault in reading.faults):
        _note_bands(reading, test)
    reading.refuse()
    return test


def minimal_change(*, reliability: float, sd: float) -> float:
    """Return MDC95 = 1.96 · √2 · SEM, where SEM = sd · √(1 − reliability). In the unit of the score.

    Weir, Quantifying test-retest reliability using the intraclass correlation coefficient and the SEM, 2005.
    """
    return _Z95 * math.sqrt(2) * sd * math.sqrt(1 - reliability)


def _prose(reading: Reading, name: str, *, length_max: int, default: str | None = None) -> str:
    """Return a text that people read, which may promise no medicine."""
    text = reading.visible(name, length_max=length_max, default=default)
    if word := medical_claim(text):
        reading.fault(name, "claim_medical", word=word)
    return text


def _item(reading: Reading) -> Item:
    kind = reading.choice("kind", ItemKind)
    key, words = reading.key("key"), _prose(reading, "text", length_max=LINE_MAX)
    is_scored = reading.flag("is_scored", default=True)
    is_required = reading.flag("is_required", default=is_scored)
    if is_scored and not is_required:
        reading.fault("is_required", "test_scored_optional")
    options: tuple[Option, ...] = ()
    unit, decimals = "", 0
    if kind is ItemKind.NUMBER:
        low, high = _bounds(reading)
        unit = reading.visible("unit", length_max=20, default="")
        decimals = _decimals(reading)
    else:
        options = _options(reading)
        low, high = _reach(kind, options)
    item = Item(
        key=key,
        kind=kind,
        text=words,
        options=options,
        low=low,
        high=high,
        unit=unit,
        decimals=decimals,
        is_scored=is_scored,
        is_reversed=reading.flag("is_reversed", default=False),
        is_required=is_required,
    )
    reading.finish()
    return item


def _bounds(reading: Reading) -> tuple[float, float]:
    low, high = reading.number("min"), reading.number("max")
    if low >= high:
        reading.fault("max", "test_bounds")
    return low, high


def _decimals(reading: Reading) -> int:
    decimals = reading.number("decimals", low=0, high=DECIMALS_MAX, default=0)
    return 0 if math.isnan(decimals) else int(decimals)


def _options(reading: Reading) -> tuple[Option, ...]:
    options: list[Option] = []
    for each in reading.parts("options", at_least=2, at_most=OPTIONS_MAX):
        value = each.number("value")
        if any(option.value == value for option in options):
            each.fault("value", "test_options_alike", value=number_text(value))
        options.append(Option(value=value, text=_prose(each, "text", length_max=LINE_MAX)))
        each.finish()
    return tuple(options)


def _reach(kind: ItemKind, options: tuple[Option, ...]) -> tuple[float, float]:
    """Return the least and the most that options can add."""
    values = [option.value for option in options] or [math.nan]
    if kind is ItemKind.CHOICE:
        return min(values), max(values)
    return math.fsum(value for value in values if value < 0), math.fsum(value for value in values if value > 0)


def _band(reading: Reading) -> Band:
    low, high = reading.number("from"), reading.number("to")
    if high < low:
        reading.fault("to", "test_band_order")
    band = Band(
        key=reading.key("key"),
        low=low,
        high=high,
        name=_prose(reading, "name", length_max=LINE_MAX),
        text=_prose(reading, "text", length_max=TEXT_MAX, default=""),
    )
    reading.finish()
    return band


def _change(reading: Reading) -> MinimalChange | None:
    part = reading.part("change")
    if part is None:
        return None
    if part.has("value") == (part.has("reliability") or part.has("sd")):
        part.fault("value", "test_change")
    source = part.visible("source", length_max=LINE_MAX)
    value = math.nan
    if part.has("value"):
        value = part.number("value", low=_TINY)
    elif part.has("reliability") or part.has("sd"):
        reliability, sd = part.number("reliability", low=0, high=1), part.number("sd", low=_TINY)
        value = minimal_change(reliability=reliability, sd=sd)
    part.finish()
    return MinimalChange(value=value, source=source)


def _note_twice(reading: Reading, name: str, keys: list[str]) -> None:
    for index, key in enumerate(keys):
        if key and key in keys[:index]:
            reading.faults.append(FieldError(f"{name}[{index}].key", "definition_key_twice", {"key": key}))


def _note_bands(reading: Reading, test: SelfTest) -> None:
    """Note where bands leave a score without meaning, or give it two."""
    if not test.bands:
        return
    reach = test.range
    if reach is None:
        reading.fault("bands", "test_nothing_scored")
        return
    lowest, highest = reach
    if not _is_same(test.bands[0].low, lowest):
        reading.fault("bands[0].from", "test_band_start", score=number_text(lowest))
    if not _is_same(test.bands[-1].high, highest):
        reading.fault(f"bands[{len(test.bands) - 1}].to", "test_band_end", score=number_text(highest))
    step = 1 if _is_whole(test) else 0
    for index, (left, right) in enumerate(pairwise(test.bands), start=1):
        if _is_same(right.low, left.high + step):
            continue
        code = "test_band_overlap" if right.low < left.high + step else "test_band_gap"
        span = {"left": number_text(left.high), "right": number_text(right.low)}
        reading.fault(f"bands[{index}].from", code, **span)


def _is_whole(test: SelfTest) -> bool:
    """Tell whether every score is a whole number."""
    values = [value for item in test.scored for value in _values(item)]
    return test.scoring is Scoring.SUM and all(value.is_integer() for value in values)


def _values(item: Item) -> list[float]:
    """Return values that are whole numbers where all that an item can add are."""
    if item.kind is ItemKind.NUMBER:
        return [item.low, item.high, 0.5 if item.decimals else 0.0]
    return [option.value for option in item.options]


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) < _TINY


def number_text(value: float) -> str:
    """Return a number as people write it: no decimals that say nothing."""
    return f"{value:.{DECIMALS_MAX}f}".rstrip("0").rstrip(".")
