"""The command line: plans without a server, migrates, makes admins, renews the demo gym."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app import tables
from app.audit_table import AuditEvent
from app.cli import cli
from app.db import ANY_ORGANIZATION, open_database
from app.factor_tables import SecondFactor
from app.resources import resource_directory
from app.secrets import new_secret
from app.settings import Settings
from tests.conftest import settings_for

DEMO = resource_directory("seeds") / "demo"


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Point the commands at a fresh database file with cheap hashes."""
    settings = settings_for(f"sqlite:///{tmp_path / 'cli.db'}")
    for name in ("database_url", "argon2_memory_kib", "argon2_rounds"):
        value = getattr(settings, name)
        text = value.get_secret_value() if name == "database_url" else str(value)
        monkeypatch.setenv(f"SQUATBACK_{name.upper()}", text)
    return settings


def test_a_plan_is_readable() -> None:
    """Finding with evidence, ladder, every week, reasons and texts."""
    code, said, _ = _run("plan", str(DEMO / "sam.yaml"), "--starts-on", "2026-11-02")

    assert code == 0
    for part in ("limiting factor hip", "LF02", "Low-bar back squat", "Goblet box squat", "Week 6", "To move up"):
        assert part in said
    assert "2026-11-02" in said


def test_a_plan_can_be_read_by_machines() -> None:
    """JSON with the block and its weeks, the same every time."""
    arguments = ("plan", str(DEMO / "ana.yaml"), "--json", "--weeks", "4", "--starts-on", "2026-11-02")
    code, said, _ = _run(*arguments)
    plan = json.loads(said)

    assert code == 0
    assert (plan["limiting_factor"], plan["weeks"]) == ("ankle", 4)
    assert [week["week_number"] for week in plan["planned_weeks"]] == [1, 2, 3, 4]
    assert _run(*arguments)[1] == said


def test_an_open_question_locks_the_plan() -> None:
    """It shows what that leaves and names the question that is missing."""
    code, said, _ = _run("plan", str(DEMO / "tara.yaml"))
    assert code == 0
    assert "Nothing loaded is planned" in said
    assert "radiating_pain" in said


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("client: {}\nassessment: {setting: clinic}\n", "/client/display_name"),
        ("client: [1\n", "expected"),
        ("nonsense: 1\n", "/nonsense"),
    ],
)
def test_a_faulty_file_names_its_faults(tmp_path: Path, content: str, named: str) -> None:
    """Exit code 2 and every field that is wrong."""
    file = tmp_path / "someone.yaml"
    file.write_text(content)
    code, _, complaint = _run("plan", str(file))
    assert code == 2
    assert named in complaint


def test_impossible_measurements_are_named(tmp_path: Path) -> None:
    """What the API refuses the command refuses too."""
    file = tmp_path / "someone.yaml"
    file.write_text((DEMO / "sam.yaml").read_text().replace("passive: 96, active: 84", "passive: 96, active: 140"))
    code, _, complaint = _run("plan", str(file))
    assert code == 2
    assert "/measurements/0/active" in complaint


def test_planning_needs_neither_web_nor_database() -> None:
    """The command line starts without importing either."""
    script = "import app.cli, sys; print([n for n in ('fastapi', 'sqlmodel', 'sqlalchemy') if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_an_admin_can_be_made(environment: Settings) -> None:
    """After migrating, an organization gets its first admin; a bad password is refused."""
    assert _run("migrate")[0] == 0
    named = ("create-admin", "--organization", "Gym", "--email", "Ada@Gym.example", "--name", "Ada")
    assert _run(*named, "--password", "short")[0] == 2
    assert _run(*named, "--password", "long enough for this")[0] == 0
    database = open_database(environment)
    with database.read() as session:
        people = session.exec(select(tables.Person), execution_options=ANY_ORGANIZATION).all()
    database.engine.dispose()
    assert [(person.email, person.role) for person in people] == [("ada@gym.example", "admin")]


def test_the_second_factor_of_an_only_admin_is_reset_on_the_server(environment: Settings) -> None:
    """It is gone with their sign-ins and is in the trail of their organization; an unknown address changes nothing."""
    assert _run("migrate")[0] == 0
    named = ("create-admin", "--organization", "Gym", "--email", "ada@gym.example", "--name", "Ada")
    assert _run(*named, "--password", "long enough for this")[0] == 0
    database = open_database(environment)
    with database.write() as session:
        admin = session.exec(select(tables.Person), execution_options=ANY_ORGANIZATION).one()
        session.add(SecondFactor(organization_id=admin.organization_id, person_id=admin.id, secret="sealed"))
    assert _run("reset-factor", "bob@gym.example")[0] == 2
    assert _run("reset-factor", "Ada@Gym.example")[0] == 0
    with database.read() as session:
        left = session.exec(select(SecondFactor), execution_options=ANY_ORGANIZATION).all()
        version = session.exec(select(tables.Person.session_version), execution_options=ANY_ORGANIZATION).one()
        told = session.exec(select(AuditEvent), execution_options=ANY_ORGANIZATION).all()
    database.engine.dispose()
    assert (left, version) == ([], 2)
    assert (told[-1].action, told[-1].object_id, told[-1].organization_id) == (
        "reset-factor",
        admin.id,
        admin.organization_id,
    )


def test_the_demo_gym_is_local_only(environment: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It loads and renews locally and is refused in production."""
    assert _run("demo-data")[0] == 0
    assert _run("demo-data")[0] == 0
    monkeypatch.setenv("SQUATBACK_ENVIRONMENT", "production")
    monkeypatch.setenv("SQUATBACK_ALLOWED_HOSTS", "gym.example")
    monkeypatch.setenv("SQUATBACK_WEBHOOK_KEY", new_secret())
    monkeypatch.setenv("SQUATBACK_FACTOR_KEY", new_secret())
    assert _run("demo-data")[0] == 2


def test_the_seeds_are_summed_up() -> None:
    """One line for each entry and number, so that two versions can be compared."""
    code, said, _ = _run("seeds")
    assert code == 0
    assert "exercises 77" in said
    assert "variations 38" in said
    assert "number limits/response.high_peak = 6" in said
