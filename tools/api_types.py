"""Write the console's types from our OpenAPI document, where they are not those of the present one.

python -m tools.api_types

They are made, not kept: `make check` makes them before it looks at the console. Building needs no types.
"""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from liulian.web.app import create_app
from liulian.web.parts import Parts

# A field with a default may still be left out of what is sent.
COMMAND = (
    *(sys.executable, "-m", "tools.node", "exec", "--loglevel=error", "--"),
    *("openapi-typescript", "--default-non-nullable=false"),
)
TYPES = Path("frontend/console/api/schema.d.ts")


def main() -> None:
    """Write the types, unless nothing has changed: a newer file would have the console built again."""
    text = document()
    if TYPES.exists() and TYPES.read_text(encoding="utf-8").startswith(head(text)):
        return
    with TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        source.write_text(text, encoding="utf-8")
        subprocess.run([*COMMAND, str(source), "--output", str(made)], check=True, stdout=subprocess.DEVNULL)
        TYPES.write_text(head(text) + made.read_text(encoding="utf-8"), encoding="utf-8")


def document() -> str:
    """Return the OpenAPI document as text, the same text for the same document."""
    # Nothing is asked of the parts until a request comes.
    return json.dumps(create_app(cast("Parts", None)).openapi(), sort_keys=True)


def head(text: str) -> str:
    """Return the first line of the types of a document."""
    return f"// Made by python -m tools.api_types from the OpenAPI document {sha256(text.encode()).hexdigest()[:16]}.\n"


if __name__ == "__main__":
    main()
