"""A transaction that asks the database each question once: the panels of one page need much of the same.

For pages that only read: what was answered a moment ago in the same transaction is still so.
"""

from copy import copy
from inspect import iscoroutinefunction
from typing import Any, cast

from liulian.storage.database import Transaction


def asking_once(tx: Transaction) -> Transaction:
    """Return a transaction whose repositories remember answers. Lists are everybody's own."""
    return cast("Transaction", _Once(tx))


class _Once:
    """A transaction, or a repository in it. What it asks of repositories inside it is remembered, too."""

    def __init__(self, around: object) -> None:
        self._around = around
        self._known: dict[object, Any] = {}
        self._inside: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name in self._inside:
            return self._inside[name]
        found = getattr(self._around, name)
        if iscoroutinefunction(found):
            return self._remembering(name, found)
        if is_repository(found):
            self._inside[name] = _Once(_with_repositories_inside(found))
            return self._inside[name]
        return found

    def _remembering(self, name: str, ask: Any) -> Any:
        async def answer(*arguments: object, **named: object) -> Any:
            question = (name, repr(arguments), repr(sorted(named.items())))
            if question not in self._known:
                self._known[question] = await ask(*arguments, **named)
            known = self._known[question]
            return list(known) if isinstance(known, list) else dict(known) if isinstance(known, dict) else known

        return answer


def is_repository(value: object) -> bool:
    return type(value).__module__.startswith("liulian.storage.")


def _with_repositories_inside(repository: object) -> object:
    """Return a copy of a repository whose own repositories remember."""
    again = copy(repository)
    for name, inside in vars(repository).items():
        if is_repository(inside):
            setattr(again, name, _Once(inside))
    return again
