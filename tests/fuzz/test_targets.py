"""The fuzz targets on what they found before, and, in the campaign, under atheris for minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

_CORPUS = Path(__file__).parent / "corpus"
_MINUTES = 3


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_of_a_target_finds_nothing(name: str) -> None:
    """Inputs that reach different code, kept from earlier runs."""
    kept = sorted((_CORPUS / name).iterdir())
    assert len(kept) >= 8
    for one in kept:
        TARGETS[name](one.read_bytes())


@pytest.mark.campaign
@pytest.mark.parametrize("name", TARGETS)
def test_minutes_of_atheris_find_nothing(name: str, tmp_path: Path) -> None:
    """Guided by coverage, from the committed corpus; an input that fails is left in the directory of the test."""
    pytest.importorskip("atheris")
    options = [f"-max_total_time={_MINUTES * 60}", "-timeout=60", "-max_len=4096", f"-artifact_prefix={tmp_path}/"]
    grown = tmp_path / "corpus"
    grown.mkdir()
    command = [sys.executable, "-m", "tests.fuzz.run_atheris", name, *options, str(grown), str(_CORPUS / name)]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-5000:]
