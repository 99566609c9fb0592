"""Turn the filters of a list of links, read from an address or from JSON, into what the services take."""

from fastapi import Request

from liulian.base.ids import DomainId, decode_id
from liulian.links.listing import LinkFilter, Order, Sort, State
from liulian.links.model import UNSET, FolderId, TagId, Unset
from liulian.links.search import wanted_words
from liulian.web.api.list_schemas import FOLDERLESS, ListFilter, ListParams
from liulian.web.place import place_of


def filter_of(request: Request, given: ListFilter | ListParams) -> LinkFilter:
    """Return the filter that is meant. What no id can be is the id of nothing."""
    return LinkFilter(
        words=wanted_words(given.q, own_hosts=place_of(request).own_hosts),
        tag_ids=tuple(TagId(decode_id(tag) or 0) for tag in dict.fromkeys(given.tag)),
        folder_id=_folder(given.folder),
        domain_id=None if given.domain is None else DomainId(decode_id(given.domain) or 0),
        state=State(given.state),
        is_favourite=given.favourite,
        is_guarded=given.guarded,
        created_from=given.created_from,
        created_to=given.created_to,
    )


def order_of(given: ListParams) -> Order:
    """Return the order that is meant."""
    return Order(sort=Sort(given.sort), is_descending=given.order == "desc")


def _folder(text: str | None) -> FolderId | Unset | None:
    if text is None:
        return UNSET
    return None if text == FOLDERLESS else FolderId(decode_id(text) or 0)
