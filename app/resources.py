"""Where the files that travel with the code are: in a checkout beside it, in a wheel inside it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_directory(name: str) -> Path:
    """Return the directory of `seeds` or `alembic`, from the wheel if it is there, else from the checkout."""
    bundled = _PACKAGE / "_data" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
