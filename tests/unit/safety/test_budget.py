"""A budget of misses for each address, that refills."""

from liulian.safety.budget import MissBudget

ME, YOU = b"\x01\x02\x03\x04", b"\x05\x06\x07\x08"
HOME = bytes.fromhex("20010db800010002") + bytes(8)
SAME_HOME = bytes.fromhex("20010db800010002") + b"\xff" * 8
NEXT_DOOR = bytes.fromhex("20010db800010003") + bytes(8)


def spent(budget: MissBudget, address: bytes = ME, *, now_s: float = 0.0) -> MissBudget:
    """Return a budget of which an address has spent everything."""
    while budget.spend(address, now_s) is None:
        pass
    return budget


def test_misses_are_free_until_the_budget_is_used_up() -> None:
    budget = MissBudget(misses=3, window_s=30)

    assert [budget.spend(ME, 0.0) for _ in range(5)] == [None, None, None, 10, 10]


def test_budget_refills_steadily_and_not_beyond_itself() -> None:
    budget = spent(MissBudget(misses=3, window_s=30))

    assert budget.spend(ME, 9.5) == 1
    assert budget.spend(ME, 10.0) is None
    assert budget.spend(ME, 10.0) == 10
    assert [budget.spend(ME, 1000.0) for _ in range(4)] == [None, None, None, 10]


def test_asking_spends_nothing() -> None:
    budget = MissBudget(misses=1, window_s=30)

    assert [budget.wait_s(ME, 0.0) for _ in range(3)] == [None, None, None]
    spent(budget)
    assert budget.wait_s(ME, 0.0) == 30


def test_each_address_has_its_own_budget_and_an_ipv6_network_is_one() -> None:
    budget = spent(spent(MissBudget(misses=2, window_s=30)), HOME)

    assert budget.spend(YOU, 0.0) is None
    assert budget.spend(SAME_HOME, 0.0) == 15
    assert budget.spend(NEXT_DOOR, 0.0) is None


def test_nobody_in_particular_has_no_budget() -> None:
    budget = MissBudget(misses=1, window_s=30)

    assert [budget.spend(b"", 0.0) for _ in range(3)] == [None, None, None]


def test_memory_is_bounded_and_forgets_who_missed_longest_ago() -> None:
    budget = MissBudget(misses=1, window_s=30, addresses_max=2)

    for number in range(4):
        budget.spend(bytes([number] * 4), 0.0)

    assert len(budget) == 2
    assert budget.spend(bytes([3] * 4), 0.0) == 30
    assert budget.spend(bytes([0] * 4), 0.0) is None
