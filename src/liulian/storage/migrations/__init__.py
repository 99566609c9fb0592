"""How the tables came to be what they are: one file per step in `versions/`, run when a database is behind."""

HEAD = "0001"  # The newest step, known without reading the others: start-up compares one string. A test holds it true.
