"""Find the service that an address of a member page names. What is shown of it is the page's own."""

from liulian.base.errors import NotFound
from liulian.base.ids import ServiceId
from liulian.community.model import Service, ServiceKind, ServiceState
from liulian.community.people import MemberActor
from liulian.storage.database import Transaction
from liulian.web.api.wishes import id_in_path


async def shown_service(tx: Transaction, actor: MemberActor, service_id: str, *, kind: ServiceKind) -> Service:
    """Return a service of a kind that members may see, also one that has ended. Raises NotFound."""
    found = await tx.communities.find_service(ServiceId(id_in_path(service_id)), community_id=actor.community.id)
    if found is None or found.kind is not kind or found.state is ServiceState.DRAFT:
        raise NotFound
    return found
