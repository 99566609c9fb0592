"""Tags, folders, favourites and views: how people find their links again. Shapes only, like `tables.py`."""
