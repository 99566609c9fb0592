"""A transaction that asks the database each question once: the panels of one page need much of the same.

For pages that only read: what was answered a moment ago in the same transaction is still so.
"""

from inspect import iscoroutinefunction
from typing import Any, cast

from liulian.storage.database import Transaction


def asking_once(tx: Transaction) -> Transaction:
    """Return a transaction whose repositories remember answers. Lists are everybody's own."""
    return cast("Transaction", _Once(tx))


class _Once:
    """A transaction, or a repository in it."""

    def __init__(self, around: object) -> None:
        self._around = around
        self._known: dict[object, Any] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._around, name)
        if iscoroutinefunction(found):
            return self._remembering(name, found)
        if type(found).__module__.startswith("liulian.storage."):
            return self._known.setdefault(name, _Once(found))
        return found

    def _remembering(self, name: str, ask: Any) -> Any:
        async def answer(*arguments: object, **named: object) -> Any:
            question = (name, repr(arguments), repr(sorted(named.items())))
            if question not in self._known:
                self._known[question] = await ask(*arguments, **named)
            known = self._known[question]
            return list(known) if isinstance(known, list) else dict(known) if isinstance(known, dict) else known

        return answer
