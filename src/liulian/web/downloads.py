"""What a browser calls a file that it saves, whatever letters the name has. It never says what is in the file."""

from urllib.parse import quote


def attachment(name: str) -> str:
    """Return the `Content-Disposition` of a file; a name that is not ASCII is written as RFC 5987 says."""
    if name.isascii() and '"' not in name:
        return f'attachment; filename="{name}"'
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
