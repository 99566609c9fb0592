"""Check what people write about themselves, all fields at once. Pure."""

from collections.abc import Callable
from typing import TypeVar

from liulian.accounts.emails import parse_email
from liulian.accounts.names import parse_name
from liulian.base.errors import Conflict, FieldError, FieldRefused, InvalidRequest

T = TypeVar("T")


class TooManyThings(Conflict):
    """There are as many as fit."""

    code = "too_many_things"


def checked_email(text: str) -> str:
    """Return an address in its normal form. Raises InvalidRequest."""
    checks = Checks()
    email = checks.field("email", lambda: parse_email(text), otherwise=text)
    checks.done()
    return email


def checked_name(text: str) -> str:
    """Return a name in its normal form. Raises InvalidRequest."""
    checks = Checks()
    name = checks.field("name", lambda: parse_name(text), otherwise=text)
    checks.done()
    return name


class Checks:
    """Gathers what is wrong, so that a form hears of it once."""

    def __init__(self) -> None:
        self._errors: list[FieldError] = []

    def field(self, name: str, parse: Callable[[], T], *, otherwise: T) -> T:
        """Return what `parse` makes of a field; where it refuses, note that and return something to go on with."""
        try:
            return parse()
        except FieldRefused as refused:
            self._errors.append(refused.of(name))
            return otherwise

    def missing(self, name: str) -> None:
        """Note that a field is not there."""
        self._errors.append(FieldError(name, "field_required"))

    def done(self) -> None:
        """Raise InvalidRequest with everything that was noted."""
        if self._errors:
            raise InvalidRequest(errors=tuple(self._errors))
