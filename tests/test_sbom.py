"""The bill of materials that `make sbom` writes."""

import json
import re
from pathlib import Path

from packaging.requirements import Requirement

from tools.sbom import sbom

_ROOT = Path(__file__).parents[1]
_LOCK = _ROOT / "requirements.lock"


def test_the_bill_lists_every_locked_package_with_its_hashes_and_no_index() -> None:
    """Name, version and hashes are those of the lock; nothing says where a machine downloads from."""
    text = sbom(_LOCK, _ROOT / "pyproject.toml")
    components = json.loads(text)["components"]

    assert _listed(components) == _locked()
    assert not re.search(r"https?://(?!cyclonedx\.org)", text)
    assert all(one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in components)


def _listed(components: list[dict[str, object]]) -> dict[str, tuple[object, set[str]]]:
    return {
        str(one["name"]): (one["version"], {sign["content"] for sign in one["hashes"]})  # type: ignore[attr-defined]
        for one in components
    }


def _locked() -> dict[str, tuple[object, set[str]]]:
    found: dict[str, tuple[object, set[str]]] = {}
    for entry in re.split(r"\n(?=\S)", _LOCK.read_text(encoding="utf-8").replace("\\\n", " ")):
        wanted = Requirement(entry.split("--hash")[0].strip())
        version = next(iter(wanted.specifier)).version
        found[wanted.name] = (version, set(re.findall(r"--hash=sha256:(\w+)", entry)))
    return found
