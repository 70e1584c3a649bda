"""Write var/sbom.json: every locked runtime package with version, hashes and purl, as CycloneDX 1.6.

    python -m tools.sbom            # requirements.lock -> var/sbom.json

It is made from the lock alone, so the same lock gives the same bytes on any machine, and names no package index.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

_ROOT = Path(__file__).parents[1]
_TARGET = _ROOT / "var" / "sbom.json"


def sbom(lock: Path, project: Path) -> str:
    """Return the bill of materials of a lock file as JSON; raises ValueError when it is not valid CycloneDX."""
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", str(lock)]
    options = [
        "--pyproject",
        str(project),
        "--no-validate",
        "--output-reproducible",
        "--spec-version",
        "1.6",
        "--output-format",
        "JSON",
    ]
    made = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    bill: dict[str, Any] = json.loads(made.stdout)
    bill["metadata"].pop("tools", None)
    bill["components"] = [_without_index(component) for component in bill["components"]]
    text = json.dumps(bill, indent=2, sort_keys=True) + "\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise ValueError(f"not valid CycloneDX: {fault}")
    return text


def _without_index(component: dict[str, Any]) -> dict[str, Any]:
    """Return a package with its hashes beside its name: where it would be downloaded from is each machine's choice."""
    kept = {key: value for key, value in component.items() if key not in ("description", "externalReferences")}
    references = component.get("externalReferences", ())
    return kept | {"hashes": [digest for reference in references for digest in reference.get("hashes", ())]}


def main() -> None:
    """Write the file and say how many packages it lists."""
    text = sbom(_ROOT / "requirements.lock", _ROOT / "pyproject.toml")
    _TARGET.parent.mkdir(exist_ok=True)
    _TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{_TARGET.relative_to(_ROOT)}: {len(json.loads(text)['components'])} packages\n")


if __name__ == "__main__":
    main()
