"""What the standard library leaves out about disks."""

import ctypes
import os
import sys
from pathlib import Path


def sync_file_system(folder: Path) -> None:
    """Return once everything written to the file system of `folder` is on its disk: syncfs(2), elsewhere sync(2)."""
    if sys.platform != "linux":
        os.sync()
        return
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(fd):
            raise OSError(ctypes.get_errno(), "syncfs")
    finally:
        os.close(fd)
