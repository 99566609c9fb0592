"""Rules as people say them."""

import pytest

from liulian.base.i18n import Language
from liulian.community.recurrence import check_rule
from liulian.community.rule_words import rule_words


@pytest.mark.parametrize(
    ("rule", "start", "chinese", "english"),
    [
        ("FREQ=DAILY", "2026-03-04", "每天 20:00", "Every day at 20:00"),
        ("FREQ=DAILY;INTERVAL=2", "2026-03-04", "每 2 天一次，20:00", "Every 2 days at 20:00"),
        ("FREQ=WEEKLY;BYDAY=WE", "2026-03-04", "每周三 20:00", "Every Wednesday at 20:00"),
        ("FREQ=WEEKLY", "2026-03-04", "每周三 20:00", "Every Wednesday at 20:00"),
        (
            "FREQ=WEEKLY;BYDAY=MO,WE,FR",
            "2026-03-04",
            "每周一、周三和周五 20:00",
            "Every Monday, Wednesday and Friday at 20:00",
        ),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-03-04", "每周一至周五 20:00", "Every Monday to Friday at 20:00"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "2026-03-04", "每天 20:00", "Every day at 20:00"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "2026-03-04", "每 2 周的周三 20:00", "Every 2 weeks on Wednesday at 20:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", "2026-03-01", "每月1日 20:00", "Every month on day 1 at 20:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-03-31", "每月最后一天 20:00", "Every month on the last day at 20:00"),
        ("FREQ=MONTHLY;BYDAY=1SA", "2026-03-07", "每月第一个周六 20:00", "Every month on the first Saturday at 20:00"),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1SU",
            "2026-03-29",
            "每 3 个月的最后一个周日 20:00",
            "Every 3 months on the last Sunday at 20:00",
        ),
        ("FREQ=YEARLY", "2026-03-04", "每年3月4日 20:00", "Every year in March on day 4 at 20:00"),
        ("FREQ=DAILY;COUNT=21", "2026-03-04", "每天 20:00，共 21 次", "Every day at 20:00, 21 times"),
        (
            "FREQ=DAILY;UNTIL=20260601",
            "2026-03-04",
            "每天 20:00，到 2026-06-01 为止",
            "Every day at 20:00, until 2026-06-01",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2026-03-31",
            "按规则 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1，20:00 开始",
            "By the rule FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1, at 20:00",
        ),
    ],
)
def test_rule_is_said_in_both_languages(rule: str, start: str, chinese: str, english: str) -> None:
    checked = check_rule(rule, starts_at=f"{start}T20:00", zone="Asia/Shanghai")

    assert rule_words(checked, Language.ZH) == chinese
    assert rule_words(checked, Language.EN) == english
