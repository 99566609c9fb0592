"""What this machine's pip is set to: its files, its environment, in its own order."""

import ast
import subprocess
import sys

SECTIONS = ("global", "install", ":env:")  # A later one wins.


def pip_settings() -> dict[str, str]:
    """Return pip's settings by name, such as `index-url` or `cert`."""
    return parse_listing(subprocess.check_output([sys.executable, "-m", "pip", "config", "list"], text=True))


def parse_listing(listing: str) -> dict[str, str]:
    """Return name → value from the lines of `pip config list`, such as `global.index-url='https://…'`."""
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = str(ast.literal_eval(value))
    return {name: value for section in SECTIONS for name, value in found[section].items()}
