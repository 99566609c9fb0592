"""The tables of domains and the files served at their root. Shapes only, like `tables.py`."""
