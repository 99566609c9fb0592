"""`python -m liulian` is the same as `liulian`."""

from liulian.cli import main

main()
