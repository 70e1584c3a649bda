"""Writes the committed files that code generates, or checks with --check that they are current."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from app.catalogue import load_catalogue
from app.main import create_app
from app.migrations import revisions
from app.settings import Settings
from planner.registry import rules_markdown

ROOT = Path(__file__).resolve().parent.parent


def openapi_text() -> str:
    """Return the API description as it is committed."""
    app = create_app(Settings(_env_file=None))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def rules_text() -> str:
    """Return the page of all rules as it is committed."""
    return rules_markdown(load_catalogue())


def revisions_text() -> str:
    """Return the migrations' revisions, newest first, so that a server need not load Alembic to know them."""
    return "".join(f"{revision}\n" for revision in revisions())


GENERATED: dict[str, Callable[[], str]] = {
    "openapi.json": openapi_text,
    "planner/RULES.md": rules_text,
    "alembic/revisions.txt": revisions_text,
}


def main() -> None:
    """Write every generated file, or name those that are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is out of date")
    only_check = parser.parse_args().check
    stale = [name for name, text in GENERATED.items() if not _is_current(ROOT / name, text())]
    if only_check and stale:
        sys.exit(f"Out of date: {', '.join(stale)}. Run `make generate`.")
    for name in stale:
        (ROOT / name).write_text(GENERATED[name](), encoding="utf-8")
        print(f"wrote {name}")


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
