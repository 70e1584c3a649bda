"""Compares the API's description with the one that apps were built against: additions pass, all else is named.

`python -m tools.compatibility` fails with a list of what would break an app; with `--accept` it takes the present
description as the new baseline. That is done on purpose only: `make baseline` after every release.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tools.compatible_schemas import Schemas
from tools.generate import ROOT, openapi_text

Json = dict[str, Any]

BASELINE = ROOT / "openapi.baseline.json"
METHODS = ("get", "post", "put", "patch", "delete")


def broken_promises(old: Json, new: Json) -> list[str]:
    """Return what an app built against the old description cannot rely on any more, one line each."""
    schemas = Schemas(old, new)
    for path, entry in old["paths"].items():
        for method in METHODS:
            if method not in entry:
                continue
            place, now = f"{method.upper()} {path}", new["paths"].get(path, {}).get(method)
            if now is None:
                schemas.tell(place, "is gone")
            else:
                _operation(schemas, place, entry[method], now)
    return schemas.faults


def _operation(schemas: Schemas, place: str, old: Json, new: Json) -> None:
    if old["operationId"] != new["operationId"]:
        schemas.tell(place, f"its operationId was {old['operationId']}, is {new['operationId']}")
    if new.get("security") and not old.get("security"):
        schemas.tell(place, "asks for a sign-in now")
    _parameters(schemas, place, old, new)
    _body(schemas, place, old.get("requestBody"), new.get("requestBody"))
    _responses(schemas, place, old["responses"], new["responses"])


def _parameters(schemas: Schemas, place: str, old: Json, new: Json) -> None:
    before, now = ({(one["in"], one["name"]): one for one in said.get("parameters", ())} for said in (old, new))
    for key, parameter in before.items():
        where = f"{place}: {key[0]} parameter `{key[1]}`"
        if key not in now:
            schemas.tell(where, "is gone")
            continue
        if now[key].get("required") and not parameter.get("required"):
            schemas.tell(where, "is required now")
        schemas.sent(where, parameter.get("schema", {}), now[key].get("schema", {}))
    for (kind, name), parameter in now.items():
        if (kind, name) not in before and parameter.get("required"):
            schemas.tell(f"{place}: {kind} parameter `{name}`", "is new and required")


def _body(schemas: Schemas, place: str, old: Json | None, new: Json | None) -> None:
    where = f"{place}: body"
    if new is None:
        if old is not None:
            schemas.tell(where, "is gone")
        return
    if new.get("required") and not (old or {}).get("required"):
        schemas.tell(where, "is required now")
    for kind, content in (old or {"content": {}})["content"].items():
        if kind not in new["content"]:
            schemas.tell(where, f"no longer takes {kind}")
        else:
            schemas.sent(where, content.get("schema", {}), new["content"][kind].get("schema", {}))


def _responses(schemas: Schemas, place: str, old: Json, new: Json) -> None:
    for status, answer in old.items():
        where = f"{place}: answer {status}"
        if status not in new:
            schemas.tell(where, "is gone")
            continue
        for name in answer.get("headers", {}).keys() - new[status].get("headers", {}).keys():
            schemas.tell(where, f"header `{name}` is gone")
        for kind, content in answer.get("content", {}).items():
            if kind not in new[status].get("content", {}):
                schemas.tell(where, f"is no longer {kind}")
            else:
                schemas.answered(where, content.get("schema", {}), new[status]["content"][kind].get("schema", {}))


def read_baseline(path: Path = BASELINE) -> Json:
    """Return the description that apps were built against."""
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Compare with the baseline, or take the present description as the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accept", action="store_true", help="take the present description as the baseline")
    text = openapi_text()
    if parser.parse_args().accept:
        BASELINE.write_text(text, encoding="utf-8")
        print(f"wrote {BASELINE.name}")
        return
    broken = broken_promises(read_baseline(), json.loads(text))
    if broken:
        sys.exit("Apps built against openapi.baseline.json would break:\n  " + "\n  ".join(broken))


if __name__ == "__main__":
    main()
