"""How often one address may miss: a budget in memory, for guessing that must not cost the database anything.

It refills steadily. Per process and forgotten with it; what must hold for all processes is counted in the database.
"""

from collections import OrderedDict
from math import ceil

MISSES_MAX = 60  # A person with a worn print mistypes a few times; a class behind one address a few dozen.
WINDOW_S = 600.0
ADDRESSES_MAX = 50_000  # About 8 MB. Beyond it the oldest is forgotten, which is in the guesser's favour, and bounded.


class MissBudget:
    """Belongs to one thread. At most `misses` at once, and one more every `window_s / misses` seconds."""

    def __init__(
        self, *, misses: int = MISSES_MAX, window_s: float = WINDOW_S, addresses_max: int = ADDRESSES_MAX
    ) -> None:
        self._step_s = window_s / misses
        self._window_s = window_s
        self._addresses_max = addresses_max
        self._full_again_s: OrderedDict[bytes, float] = OrderedDict()  # When nothing will be spent any more.

    def __len__(self) -> int:
        return len(self._full_again_s)

    def spend(self, address: bytes, now_s: float) -> int | None:
        """Take one miss off the budget. Returns None, or how many seconds to wait, at least 1, when it is used up."""
        wait_s = self.wait_s(address, now_s)
        if wait_s is None and address:
            caller = caller_part(address)
            self._full_again_s[caller] = max(self._full_again_s.pop(caller, 0.0), now_s) + self._step_s
            if len(self._full_again_s) > self._addresses_max:
                self._full_again_s.popitem(last=False)
        return wait_s

    def wait_s(self, address: bytes, now_s: float) -> int | None:
        """Return what `spend` would, without spending. An empty address, a Unix socket's, is everybody: no budget."""
        if not address:
            return None
        left_s = self._window_s - (self._full_again_s.get(caller_part(address), 0.0) - now_s)
        return None if left_s >= self._step_s - 1e-9 else max(1, ceil(self._step_s - left_s))


def caller_part(address: bytes) -> bytes:
    """Return the part of a packed address that stands for one caller: of IPv6 the /64, which one household has."""
    return address[:8] if len(address) == 16 else address
