"""Say an instant as a member reads it, on the clock of where they are. Never computes what is due."""

from datetime import datetime
from zoneinfo import ZoneInfo

from liulian.base.errors import FieldRefused
from liulian.base.i18n import Language, text
from liulian.community.days import zone_named
from liulian.community.model import Member

_UTC = ZoneInfo("UTC")


def zone_of(member: Member) -> ZoneInfo:
    """Return where a member is; UTC where the zone is not known any more."""
    try:
        return zone_named(member.zone)
    except FieldRefused:
        return _UTC


def when_said(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Return day and time: 3月4日 周三 20:00."""
    local = at.astimezone(zone)
    return text(language, "member.when.full", day=date_said(at, zone, language), time=f"{local:%H:%M}")


def date_said(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Return a day with its weekday: 3月4日 周三."""
    local = at.astimezone(zone)
    return text(
        language,
        "member.when.day",
        month=text(language, f"member.rule.month_{local.month}"),
        day=local.day,
        weekday=text(language, f"member.rule.weekday_{local.weekday()}"),
    )
