"""Read a JSON body of one shape and name everything that is wrong with it at once; ids and cursors; JSON answers."""

from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Path, Request
from fastapi.responses import Response
from pydantic import ValidationError

from liulian.base.errors import FieldError, InvalidRequest, NotFound
from liulian.base.ids import ALPHABET, ID_LENGTH, decode_id
from liulian.web.api.bodies import read_json
from liulian.web.api.schemas import Wish
from liulian.web.errors import field_errors

ID_PATTERN = f"^[{ALPHABET}]{{{ID_LENGTH}}}$"
AnyId = Annotated[str, Path(alias="id", pattern=ID_PATTERN)]

Shape = TypeVar("Shape", bound=Wish)


async def read_shape(request: Request, shape: type[Shape]) -> Shape:
    """Return the body as a wish of this shape. Raises as `read_json` does, and InvalidRequest."""
    body = await read_json(request)
    try:
        return shape.model_validate_json(body.raw)
    except ValidationError as problem:
        found = problem.errors(include_url=False, include_context=False, include_input=False)
    raise InvalidRequest(errors=field_errors(list(found)))


def id_in_path(text: str) -> int:
    """Return the number behind an id in an address. Raises NotFound."""
    number = decode_id(text)
    if number is None:
        raise NotFound
    return number


def cursor_number(cursor: str | None) -> int | None:
    """Return what a cursor of ours stands for. Raises InvalidRequest."""
    if cursor is None:
        return None
    number = decode_id(cursor)
    if number is None:
        raise InvalidRequest(errors=(FieldError("cursor", "cursor_invalid"),))
    return number


def json_answer(members: dict[str, Any], *, status: int = 200, location: str | None = None) -> Response:
    """Return an answer of JSON; `location` is where what was made can be found."""
    answer = Response(msgspec.json.encode(members), status_code=status, media_type="application/json")
    if location is not None:
        answer.headers["Location"] = location
    return answer
