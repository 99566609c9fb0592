"""What it takes to make one part of a community, and which other parts it may name. Values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from liulian.community.acts import ActKind
from liulian.community.model import Badge, BadgeRuleKind, Community, Goal, Reach, Ritual, Service, ServiceKind

Part = TypeVar("Part", bound=Goal | Badge | Ritual | Service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """The other parts of a community that goals, badges and advice may name, by their ids."""

    services: tuple[Service, ...] = ()
    rituals: tuple[Ritual, ...] = ()
    goals: tuple[Goal, ...] = ()

    def of_kind(self, kind: ServiceKind) -> set[int]:
        """Return the services of one kind."""
        return {service.id for service in self.services if service.kind is kind}

    def of_act(self, kind: ActKind) -> set[int]:
        """Return what acts of a kind can be done to, and goals so name."""
        match kind:
            case ActKind.CHECK_IN:
                return self.of_kind(ServiceKind.CHALLENGE)
            case ActKind.ATTEMPT:
                return self.of_kind(ServiceKind.SELF_TEST)
            case ActKind.ATTENDANCE:
                return _ids(self.rituals)
            case _:
                return set()

    def of_rule(self, kind: BadgeRuleKind) -> set[int]:
        """Return what the rule of a badge may name."""
        match kind:
            case BadgeRuleKind.STREAK | BadgeRuleKind.CHECK_INS:
                return self.of_kind(ServiceKind.CHALLENGE)
            case BadgeRuleKind.ATTEMPTS:
                return self.of_kind(ServiceKind.SELF_TEST)
            case BadgeRuleKind.ATTENDANCE:
                return _ids(self.rituals)
            case BadgeRuleKind.GOAL:
                return _ids(goal for goal in self.goals if goal.reach is Reach.MEMBER)
            case BadgeRuleKind.THANKS | BadgeRuleKind.SOLUTIONS:
                return set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Making(Generic[Part]):
    """One part to be made, or made anew in the place of `old`."""

    id: int
    community: Community
    objects: Objects
    now: datetime
    position: int
    old: Part | None = None

    @property
    def created_at(self) -> datetime:
        return self.now if self.old is None else self.old.created_at


def _ids(parts: Iterable[Goal | Ritual]) -> set[int]:
    return {part.id for part in parts}
