"""schemathesis with every check against the running service: what fits its description and what does not.

Two runs, each on a demo gym of its own: as staff, with the admin of another gym as the peer who may see nothing of it,
and as a member, with another member of the same gym. `schemathesis.toml` says what is expected and why; a warning
fails a run as a failure does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest

from app import demo_ids
from tests.support.serving import QUIET, Installed, Serving, serving

_HERE = Path(__file__).parent
_BIN = Path(sys.executable).parent
_STRANGER = ("--organization", "Away", "--email", "stranger@away.example", "--name", "Ann")
_STRANGERS_PASSWORD = "a stranger's password"
_OTHER = {"code": demo_ids.INVITATION_CODE, "display_name": "Ana", "password": "another member's password"}
_MANY = 1_000_000
_CASES = 5000
_RSS_GROWTH_KIB = 64 * 1024


@dataclass(frozen=True)
class Run:
    """As whom schemathesis asks, who must not see what that one sees, and which operations it tries."""

    owner: str
    peer: str
    operations: tuple[str, ...]


STAFF = Run("admin", "stranger", ("--exclude-path", "/v1/me/week", "--exclude-path", "/v1/me/delivery"))
"""Everything but what only members have."""
MEMBER = Run(
    "member",
    "other",
    (
        *("--include-path-regex", r"^/v1/(me|blocks|assessments|clients/\{client_id\}/[a-z])"),
        *(
            "--exclude-path-regex",
            r"/(transfers?|forecast)$",
        ),  # for staff alone; and what the demo gym's Sam has none of
    ),
)
"""What a member's app asks for."""


@contextmanager
def _gym(directory: Path, run: Run) -> Iterator[Serving]:
    """Serve the demo gym with a second member, beside another gym, and without a throttle."""
    database_url = f"sqlite:///{directory / 'gym.db'}"
    settings = QUIET | {"SQUATBACK_DATABASE_URL": database_url, "SQUATBACK_ADMIN_PASSWORD": _STRANGERS_PASSWORD}
    unthrottled = {"login_failures_per_account": _MANY, "login_failures_per_address": _MANY}
    with serving(directory, database_url, kind=Installed, **unthrottled) as server:
        server.wait_until("ready")
        subprocess.run([_BIN / "squatback", "create-admin", *_STRANGER], env=os.environ | settings, check=True)
        if run is MEMBER:
            accepted = server.post("/v1/invitations/accept", _OTHER)
            assert accepted.status_code == 201, accepted.text
        yield server


def _attack(server: Serving, run: Run, *options: str) -> int:
    """Let schemathesis run and return how many cases it tried; nothing may fail."""
    report, config = server.directory / "report.json", server.directory / "schemathesis.toml"
    whose = {"identities": _HERE / "identities.yaml", "owner": run.owner, "peer": run.peer}
    config.write_text(Template((_HERE / "schemathesis.toml").read_text()).substitute(whose))
    command = [str(_BIN / "st"), "--config-file", str(config), "run", f"{server.url}/openapi.json"]
    written = ("--auth-wfc-user", run.owner, "--report", "json", "--report-json-path", str(report))
    done = subprocess.run(
        [*command, *options, *run.operations, *written],
        cwd=server.directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    tried: int = json.loads(report.read_text())["test_cases"]["generated"]
    return tried


def _resident_kib(server: Serving) -> int:
    """Return the memory that a server holds."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])


@pytest.mark.parametrize("run", [STAFF], ids=["staff"])
def test_the_examples_of_every_operation_are_answered_as_described(run: Run, tmp_path: Path) -> None:
    """What Swagger UI offers, sent by an admin, with every check: a minute of the campaign for every test run."""
    with _gym(tmp_path, run) as server:
        assert _attack(server, run, "--phases", "examples") > 90


@pytest.mark.campaign
@pytest.mark.parametrize("run", [STAFF, MEMBER], ids=["staff", "member"])
def test_thousands_of_cases_find_nothing(run: Run, tmp_path: Path) -> None:
    """At least 5,000 cases in each of two runs: no failure, no warning, and no more than 64 MiB of memory gained."""
    with _gym(tmp_path, run) as server:
        assert server.get("/openapi.json").status_code == 200
        before = _resident_kib(server)
        assert _attack(server, run, "--seed", "1", "--max-examples", "40") >= _CASES
        assert _resident_kib(server) - before <= _RSS_GROWTH_KIB
