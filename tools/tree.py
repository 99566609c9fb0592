"""The files of this project: those git knows, and new ones it does not ignore."""

import subprocess
from pathlib import Path


def project_files(*suffixes: str) -> list[Path]:
    """Return the files with one of `suffixes` (all files without any), in git's order."""
    listing = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], text=True
    )
    paths = [Path(name) for name in listing.split("\0") if name]
    # A file that is deleted but not yet committed is still listed.
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]
