"""The id of a link in an address: which paths have one, and which link it means. Never asks whether there is one."""

from typing import Annotated

from fastapi import Path
from starlette.convertors import Convertor, register_url_convertor

from liulian.base.errors import NotFound
from liulian.base.ids import ALPHABET, ID_LENGTH, LinkId, decode_id


class LinkIdInPath(Convertor[str]):
    """What may stand for an id in an address: so `/links/bulk` is no link, and has the methods it says it has."""

    regex = f"[{ALPHABET}]{{{ID_LENGTH}}}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("link_id", LinkIdInPath())

IdInPath = Annotated[
    str, Path(alias="id", description="The `id` of the link.", pattern=f"^[{ALPHABET}]{{{ID_LENGTH}}}$")
]


def parse_link_id(text: str) -> LinkId:
    """Return the link meant by an id of the API. Raises NotFound."""
    number = decode_id(text)
    if number is None:
        raise NotFound
    return LinkId(number)
