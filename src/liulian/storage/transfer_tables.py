"""The tables of imports. Shapes only, like `tables.py`."""
