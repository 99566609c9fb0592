"""Run npm in `frontend/` with the Node of this machine, or with one from PyPI where the machine has none that is fit.

python tools/node.py ci
python tools/node.py run build
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NODE_MIN = (20, 19)  # Vite asks for it.


def main() -> None:
    """Become npm: its exit status is ours."""
    path = os.environ.get("PATH", os.defpath)
    if not has_fit_node(path):
        path = f"{BIN}{os.pathsep}{path}"
        if not has_fit_node(path):
            _install_node()
    environment = os.environ | {"PATH": path}
    if certificates := environment.get("PIP_CERT") or environment.get("SSL_CERT_FILE"):
        environment.setdefault("NODE_EXTRA_CA_CERTS", certificates)
    npm = shutil.which("npm", path=path)
    if npm is None:
        sys.exit("npm was not found, though Node was. Install Node 20.19 or newer together with npm.")
    os.execve(npm, [npm, "--prefix", str(ROOT / "frontend"), *sys.argv[1:]], environment)


def has_fit_node(path: str) -> bool:
    """Tell whether `path` leads to npm and to a Node that is new enough."""
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return version(answer.stdout) >= NODE_MIN


def version(answer: str) -> tuple[int, ...]:
    """Return `v22.12.0` as (22, 12, 0), and what is no version as ()."""
    parts = answer.strip().removeprefix("v").split(".")
    return tuple(map(int, parts)) if all(map(str.isdecimal, parts)) else ()


def _install_node() -> None:
    print("This machine has no Node 20.19 or newer: installing one into .venv from PyPI.", flush=True)
    command = [sys.executable, ROOT / "tools" / "uv.py", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*command, "-r", ROOT / "requirements" / "node.txt"], check=True)


if __name__ == "__main__":
    main()
