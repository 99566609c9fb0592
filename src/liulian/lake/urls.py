"""Where the lake is: a folder of this machine, or a bucket.

For `s3://…` the credentials, region and endpoint come from the usual environment (`AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`), which deltalake reads by itself. The store
must support conditional writes, as S3, MinIO and R2 do: two ingesters rely on them.
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

TABLES = ("clicks", "acts")

_UNUSABLE = frozenset("%[]*?")  # deltalake decodes or refuses the first three, DuckDB reads the others as patterns.


def clicks_url(lake_url: str) -> str:
    """Return where the table of clicks is. Raises as `table_url`."""
    return table_url(lake_url, "clicks")


def acts_url(lake_url: str) -> str:
    """Return where the table of acts is. Raises as `table_url`."""
    return table_url(lake_url, "acts")


def table_url(lake_url: str, name: str) -> str:
    """Return where a table is. Raises ValueError for a folder whose name the engines cannot handle."""
    folder = local_folder(lake_url)
    if folder is None:
        return lake_url.rstrip("/") + f"/{name}"
    if _UNUSABLE & set(str(folder)):
        raise ValueError(f"the lake's folder may not have % [ ] * or ? in its name: {folder}")
    return str(folder / name)


def local_folder(lake_url: str) -> Path | None:
    """Return the folder behind a path or a `file://` address, None when the lake is elsewhere."""
    if "://" not in lake_url:
        return Path(lake_url).absolute()
    parts = urlsplit(lake_url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def prepare_folder(url: str) -> None:
    """Make the folder of a local table."""
    if folder := local_folder(url):
        folder.mkdir(parents=True, exist_ok=True)
