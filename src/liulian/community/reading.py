"""Read what operators define (self-tests, advice) out of JSON, field by field, and note every fault on the way.

A faulty field yields a harmless value, so that the rest can still be read; whoever reads raises at the end, when all
faults are known. Never stores anything.
"""

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.visible import is_visible

ERRORS_MAX = 100  # Told at once; whoever has more starts with these.
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
NUMBER_MAX = 1e9  # Of anything people count; beyond that floats lose their whole numbers.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")

Choice = TypeVar("Choice", bound=StrEnum)


class Reading:
    """One JSON object. `path` is where it stands in the whole; faults of all parts go to one list."""

    def __init__(self, value: object, *, path: str = "", faults: list[FieldError] | None = None) -> None:
        self._value: Mapping[str, Any] = value if isinstance(value, dict | Mapping) else {}
        self._path = path
        self._known: set[str] = set()
        self.faults: list[FieldError] = [] if faults is None else faults
        if not isinstance(value, dict | Mapping):
            self.faults.append(FieldError(path or "definition", "field_type"))

    def has(self, name: str) -> bool:
        """Tell whether a field is there and is not null."""
        return self._value.get(name) is not None

    def fault(self, name: str, code: str, /, **params: str | int) -> None:
        """Note a fault of one field."""
        self.faults.append(FieldError(self._at(name), code, params))

    def text(self, name: str, *, length_max: int, default: str | None = None) -> str:
        """Return a text without spaces at its ends; `default` None: it must be there and say something."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        if value is not None and not isinstance(value, str):
            self.fault(name, "field_type")
            return ""
        text = (value or "").strip()
        if not text and default is None:
            self.fault(name, "field_required")
        elif len(text) > length_max or _CONTROL.search(text):
            self.fault(name, "definition_text", max=length_max)
        return text

    def visible(self, name: str, *, length_max: int, default: str | None = None) -> str:
        """Return a text that members read: no letters that nobody sees, none that turn a line around."""
        before = len(self.faults)
        text = self.text(name, length_max=length_max, default=default)
        if len(self.faults) == before and not is_visible(text):
            self.fault(name, "text_unseen")
        return text

    def key(self, name: str) -> str:
        """Return a name for programs: small letters, digits and `_`."""
        value = self._take(name)
        if isinstance(value, str) and KEY.fullmatch(value):
            return value
        self.fault(name, "field_required" if value is None else "definition_key")
        return ""

    def number(
        self, name: str, *, low: float = -NUMBER_MAX, high: float = NUMBER_MAX, default: float | None = None
    ) -> float:
        """Return a number within bounds; `default` None: it must be there."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        if value is None:
            self.fault(name, "field_required")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(name, "field_type")
        elif not math.isfinite(value) or not low <= value <= high:
            self.fault(name, "field_range")
        else:
            return float(value)
        return math.nan

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._take(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fault(name, "field_type")
        return default

    def choice(self, name: str, among: type[Choice], *, default: Choice | None = None) -> Choice:
        """Return one of a closed set."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        try:
            return among(value)
        except ValueError:
            if value is None:
                self.fault(name, "field_required")
            else:
                self.fault(name, "choice_unknown", name=str(value)[:40], allowed=", ".join(among))
        return next(iter(among))

    def part(self, name: str) -> "Reading | None":
        """Return an object inside; None where there is none."""
        value = self._take(name)
        return None if value is None else Reading(value, path=self._at(name), faults=self.faults)

    def parts(self, name: str, *, at_least: int, at_most: int) -> "list[Reading]":
        """Return the objects of a list inside."""
        value = self._take(name)
        if value is None and at_least == 0:
            return []
        if not isinstance(value, list | tuple) or not at_least <= len(value) <= at_most:
            self.fault(name, "definition_count", least=at_least, most=at_most)
            return []
        return [
            Reading(each, path=f"{self._at(name)}[{index}]", faults=self.faults) for index, each in enumerate(value)
        ]

    def value(self, name: str) -> object:
        """Return whatever is there, unchecked."""
        return self._take(name)

    def finish(self) -> None:
        """Note the fields that mean nothing: whoever wrote them meant something that we would not do."""
        for name in sorted(set(map(str, self._value)) - self._known)[:ERRORS_MAX]:
            self.fault(name[:60], "field_unknown")

    def refuse(self) -> None:
        """Raise InvalidRequest with every fault noted so far, where there are any."""
        if self.faults:
            raise InvalidRequest(errors=tuple(self.faults[:ERRORS_MAX]))

    def _take(self, name: str) -> Any:
        self._known.add(name)
        return self._value.get(name)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name
