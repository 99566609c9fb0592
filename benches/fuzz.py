"""`make fuzz`: a million odd heads through both lanes. Ends with an error at the first disagreement, and shows it."""

import argparse
import asyncio
import random

from rich.progress import track

from benches.differential import Judge
from benches.mutate import Mutator

HEADS_PER_SEED = 1_000


class DisagreementError(AssertionError):
    """The two lanes did not do the same with one head."""


async def compare(judge: Judge, head: bytes) -> bool:
    """Return whether the fast lane answered. Raises DisagreementError where the full side would answer otherwise."""
    fast = judge.fast(head)
    if fast is None:
        return False
    full = await judge.full(head)
    if fast != full:
        raise DisagreementError(f"{head!r}\nfast lane: {fast}\nfull side: {full}")
    return True


async def run(*, heads: int, seed: int) -> int:
    """Compare `heads` heads and return how many the fast lane answered itself."""
    judge, answered = Judge(), 0
    for batch in track(range(heads // HEADS_PER_SEED), description="heads, thousands"):
        mutator = Mutator(seed + batch)
        for _ in range(HEADS_PER_SEED):
            answered += await compare(judge, mutator.head())
    return answered


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heads", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}")
    answered = asyncio.run(run(heads=wanted.heads, seed=wanted.seed))
    print(f"{wanted.heads} heads, {answered} answered by the fast lane, 0 disagreements")


if __name__ == "__main__":
    main()
