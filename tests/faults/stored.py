"""What the lake really holds, read with no code of ours."""

from collections import Counter
from pathlib import Path

from deltalake import DeltaTable


def stored_clicks(data_dir: Path) -> Counter[int]:
    """Return how often the click with each number is stored."""
    table = DeltaTable(str(data_dir / "lake" / "clicks")).to_pyarrow_table(columns=["content", "spool", "position"])
    places = list(zip(table["spool"].to_pylist(), table["position"].to_pylist(), strict=True))
    assert len(places) == len(set(places)), "a record was stored twice"
    return Counter(int(number) for number in table["content"].to_pylist())
