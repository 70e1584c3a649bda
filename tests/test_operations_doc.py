"""What operators read is true: every setting and command is documented."""

from pathlib import Path

from app.cli import cli
from app.settings import Settings

OPERATIONS = (Path(__file__).parents[1] / "docs" / "operations.md").read_text()


def test_every_setting_is_documented_with_its_name() -> None:
    """An operator finds each setting in docs/operations.md."""
    missing = [f"SQUATBACK_{name.upper()}" for name in Settings.model_fields]

    assert [name for name in missing if f"`{name}`" not in OPERATIONS] == []


def test_every_command_is_documented() -> None:
    """An operator finds each command in docs/operations.md."""
    commands = [command.name or command.callback.__name__ for command in cli.registered_commands if command.callback]

    assert [name for name in commands if f"`squatback {name.replace('_', '-')}" not in OPERATIONS] == []
