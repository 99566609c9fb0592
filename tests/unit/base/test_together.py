"""Who comes while work is under way is served with the others who wait."""

import asyncio
from collections.abc import Sequence

import pytest

from liulian.base.errors import NotFound
from liulian.base.together import Together


class Works:
    """Work that goes on when it is let go on. Even numbers are halved, odd ones refused, 13 breaks everything."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go_on = asyncio.Event()

    async def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(asked))
        await self.may_go_on.wait()
        if 13 in asked:
            raise ZeroDivisionError
        return [NotFound() if number % 2 else number // 2 for number in asked]


async def come(together: Together[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    coming = [asyncio.create_task(together.ask(number)) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return coming


async def test_who_comes_first_is_served_at_once_and_all_others_together() -> None:
    works = Works()
    together = Together(works, at_most=64)
    first = await come(together, 2)
    others = await come(together, 4, 6, 8)

    works.may_go_on.set()

    assert await asyncio.gather(*first, *others) == [1, 2, 3, 4]
    assert works.batches == [[2], [4, 6, 8]]


async def test_no_more_are_served_together_than_may_be() -> None:
    works = Works()
    together = Together(works, at_most=2)
    coming = await come(together, 2) + await come(together, 4, 6, 8)

    works.may_go_on.set()
    await asyncio.gather(*coming)

    assert works.batches == [[2], [4, 6], [8]]


async def test_refusal_is_for_the_one_who_is_refused() -> None:
    works = Works()
    together = Together(works, at_most=64)
    coming = await come(together, 2) + await come(together, 4, 5, 8)

    works.may_go_on.set()
    done = await asyncio.gather(*coming, return_exceptions=True)

    assert [type(each) for each in done] == [int, int, NotFound, int]


async def test_one_who_breaks_the_work_harms_nobody_else() -> None:
    works = Works()
    together = Together(works, at_most=64)
    coming = await come(together, 2) + await come(together, 4, 13, 8)

    works.may_go_on.set()
    done = await asyncio.gather(*coming, return_exceptions=True)

    assert done[0] == 1
    assert (done[1], type(done[2]), done[3]) == (2, ZeroDivisionError, 4)
    assert works.batches == [[2], [4, 13, 8], [4], [13], [8]]


async def test_one_who_goes_away_changes_nothing_for_the_others() -> None:
    works = Works()
    together = Together(works, at_most=64)
    first, (second, third) = await come(together, 2), await come(together, 4, 6)
    first[0].cancel()
    second.cancel()
    await asyncio.sleep(0)

    works.may_go_on.set()

    assert await third == 3
    assert works.batches == [[2], [6]]


async def test_when_the_work_is_ended_nobody_waits_for_ever() -> None:
    works = Works()
    together = Together(works, at_most=64)
    coming = await come(together, 2) + await come(together, 4)
    assert together._serving is not None

    together._serving.cancel()
    done = await asyncio.gather(*coming, return_exceptions=True)

    assert [type(each) for each in done] == [asyncio.CancelledError] * 2
    works.may_go_on.set()
    with pytest.raises(NotFound):
        await together.ask(3)
