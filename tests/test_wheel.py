"""The wheel is whole: installed into an empty environment it plans a block from its own catalogue."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
VIGNETTE = ROOT / "tests" / "scenarios" / "vignettes" / "V1_hip_motion.yaml"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command without this checkout on its path and return what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_plans_in_an_empty_environment(tmp_path: Path) -> None:
    """`squatback plan` and the lab's page work from the wheel alone: code, seeds, template, locked dependencies."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    install = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python)
    run(*install, "--require-hashes", "--requirement", ROOT / "requirements.lock", cwd=tmp_path)
    run(*install, "--no-deps", wheel, cwd=tmp_path)

    planned = json.loads(run(tmp_path / "env" / "bin" / "squatback", "plan", VIGNETTE, "--json", cwd=tmp_path))

    assert planned["findings"]["limiting_factor"] == "hip"
    run(
        tmp_path / "env" / "bin" / "squatback",
        "lab",
        "--clients",
        "1",
        "--weeks",
        "1",
        "--report",
        "l.html",
        cwd=tmp_path,
    )
    assert "no evidence about people" in (tmp_path / "l.html").read_text(encoding="utf-8")
