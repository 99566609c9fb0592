"""Failures that are expected: each has a status, a stable code, and a sentence for a person.

The sentence is found by the code in the message catalogues (`errors.<code>`), in the reader's language, and is rendered
in one place (`web/errors.py`). What is not an AppError is a fault of ours and becomes a 500.
"""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

# By status, in seconds, where nothing more exact is known: whoever has to wait is always told how long.
USUAL_RETRY_S = {429: 60, 503: 2}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that was not accepted. `field` is a path such as `links[3].slug`; `params` fill the sentence."""

    field: str
    code: str
    params: dict[str, str | int] = dataclasses.field(default_factory=dict)


class FieldRefused(Exception):
    """A text was not accepted. Who knows which field it came from makes a FieldError of it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def of(self, field: str) -> FieldError:
        """Return this refusal as the error of one field."""
        return FieldError(field, self.code, self.params)


class AppError(Exception):
    """Base of all expected failures."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(
        self, *, errors: tuple[FieldError, ...] = (), retry_after_s: int | None = None, **params: str | int
    ) -> None:
        super().__init__(self.code)
        self.errors = errors
        self.retry_after_s = USUAL_RETRY_S.get(self.status) if retry_after_s is None else retry_after_s
        self.params = params


class InvalidRequest(AppError):
    """One or more fields were refused; `errors` names every one of them at once."""

    status, code = 422, "invalid_request"


class NotFound(AppError):
    """There is no such thing, or the caller has no right to know of it."""

    status, code = 404, "not_found"


class NotSignedIn(AppError):
    """The caller must say who they are."""

    status, code = 401, "not_signed_in"


class Forbidden(AppError):
    """The caller may see the thing, but not do this with it."""

    status, code = 403, "forbidden"


class Conflict(AppError):
    """The request does not fit the present state."""

    status, code = 409, "conflict"


class Unavailable(AppError):
    """A part we need does not answer now; the same request may succeed later."""

    status, code = 503, "unavailable"
