"""What a member agreed to, given and taken back by the same one tap. Nothing is asked for before it is needed.

Health answers have a consent of their own: without it there are none, and with it gone they are deleted. The consent of
joining is taken back by leaving.
"""

from dataclasses import dataclass

from liulian.base.errors import Conflict, Forbidden
from liulian.community.joining import AnswerStore, ConsentStore, Desk, give_consent
from liulian.community.model import Member
from liulian.community.people import ConsentKind


class HealthConsentNeeded(Forbidden):
    """A self-test asks for health answers, and the member has not agreed that we keep them."""

    code = "health_consent_needed"


class ConsentIsJoining(Conflict):
    """A consent without which nobody is a member: who takes it back leaves."""

    code = "consent_is_joining"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """What it takes to take a consent back."""

    desk: Desk
    answers: AnswerStore


async def require_health(member: Member, *, consents: ConsentStore) -> None:
    """Raise HealthConsentNeeded where a member has not agreed to health answers."""
    if not await consents.has(member.id, ConsentKind.HEALTH):
        raise HealthConsentNeeded


async def agree(member: Member, kind: ConsentKind, *, desk: Desk) -> None:
    """Note that a member agrees."""
    await give_consent(member.id, kind, desk=desk)


async def withdraw(member: Member, kind: ConsentKind, *, work: Withdrawing) -> None:
    """Take a consent back, with what was kept because of it. Raises ConsentIsJoining."""
    if kind is not ConsentKind.HEALTH:
        raise ConsentIsJoining
    await work.desk.tx.consents.withdraw(member.id, kind, now=work.desk.now)
    await work.answers.forget_answers(member.id)
