"""Remember what was derived from a raw value, and turn remembered values into columns without touching each click.

A click leaves one small number per fact behind (`ids.append(facts[raw])`); the columns are made from these numbers by
Arrow. User agents, referrers and addresses repeat, so that deriving is rare.
"""

from array import array
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pyarrow as pa

from liulian.base.log import logger
from liulian.lake.schema import CLICKS

if TYPE_CHECKING:
    Numbers = array[int]
else:
    Numbers = array  # Python 3.11 cannot subscript it.

Raw = TypeVar("Raw", bound=Hashable)


class Facts(dict[Raw, int], Generic[Raw]):
    """Numbers by raw value. `derive` gives one value per column; where it fails the row is `default`, and counted."""

    def __init__(
        self, columns: Sequence[str], derive: Callable[[Raw], Sequence[Any]], *, default: Sequence[Any], limit: int
    ) -> None:
        super().__init__()
        self._columns = [_Column(name) for name in columns]
        self._derive = derive
        self._default = default
        self._limit = limit
        self.failures = 0

    def __missing__(self, raw: Raw) -> int:
        number = len(self)
        for column, value in zip(self._columns, self._row(raw), strict=True):
            column.add(value)
        self[raw] = number
        return number

    def begin_batch(self) -> None:
        """Forget everything when there is too much of it. Numbers hold within one batch only."""
        if len(self) > self._limit:
            self.forget()

    def forget(self) -> None:
        """Forget everything, as when an installed file gives new answers."""
        self.clear()
        self._columns = [_Column(column.name) for column in self._columns]

    def arrays(self, ids: Numbers) -> dict[str, pa.Array]:
        """Return the columns of a batch from the numbers of its clicks."""
        taken = as_column(ids, pa.int32())
        return {column.name: column.take(taken) for column in self._columns}

    def _row(self, raw: Raw) -> Sequence[Any]:
        try:
            return self._derive(raw)
        except Exception as error:  # noqa: BLE001 - The click is stored, with these words empty: it must not be lost.
            self.failures += 1
            logger.warning(
                "fact_underivable", columns=[column.name for column in self._columns], error=repr(error)[:80]
            )
            return self._default


class _Column:
    """The values of one column, each kept once, and the number of its value for each raw value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._type = CLICKS.field(name).type
        self._numbers: dict[Any, int] = {}
        self._number_of_row = array("i")
        self._values = pa.array([], self._type)

    def add(self, value: Any) -> None:
        self._number_of_row.append(self._numbers.setdefault(value, len(self._numbers)))

    def take(self, rows: pa.Array) -> pa.Array:
        if len(self._values) < len(self._numbers):
            self._values = pa.array(self._numbers, self._type)
        numbers = as_column(self._number_of_row, pa.int32()).take(rows)
        column = pa.DictionaryArray.from_arrays(numbers, self._values)
        return column if self._type == pa.string() else column.dictionary_decode()


def as_column(numbers: Numbers, kind: pa.DataType) -> pa.Array:
    """Return the numbers as a column; both must have the same width. One copy of memory, not one step per number."""
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(bytes(numbers))])
