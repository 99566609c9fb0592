"""What a child process asks of Linux: to be shown under its name, and never to outlive its parent."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # prctl(2)


def name_process(name: str) -> None:
    """Let `top` and `ps` show which of us this is (Linux shows 15 letters)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, f"liulian-{name}".encode()[:15], 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when `parent` dies: a click in the spool survives that, an orphan serves on."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # It died before we asked.
        os._exit(1)
