"""What operators read is true: every setting and command is documented."""

import re
from pathlib import Path

from pydantic import SecretStr

from app.cli import cli
from app.settings import Settings

OPERATIONS = (Path(__file__).parents[1] / "docs" / "operations.md").read_text()
SETTINGS = OPERATIONS.partition("## Settings\n")[2].partition("\n## ")[0]
_ROW = re.compile(r"^\| `(SQUATBACK_\w+)` \| (?:`(.*?)`|([^|]*?)) \| ([^|]+) \|$", re.MULTILINE)
_OF_COMMANDS = {"SQUATBACK_ADMIN_PASSWORD"}


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    """The table of docs/operations.md has one row for each setting, in their order, and each says something."""
    rows = _ROW.findall(SETTINGS)

    assert [name for name, *_ in rows] == [f"SQUATBACK_{name.upper()}" for name in Settings.model_fields]
    assert all(len(meaning) > len("its port") - 1 for *_, meaning in rows)


def test_no_setting_is_named_that_does_not_exist() -> None:
    """A reader is never sent to a setting of the past."""
    known = {f"SQUATBACK_{name.upper()}" for name in Settings.model_fields} | _OF_COMMANDS

    assert set(re.findall(r"SQUATBACK_[A-Z0-9_]+", OPERATIONS)) <= known


def test_documented_defaults_are_the_defaults() -> None:
    """What the table calls a default is what a server without the variable runs with; words mean that there is none."""
    told = {name: default for name, default, *_ in _ROW.findall(SETTINGS)}

    assert told == {f"SQUATBACK_{name.upper()}": _shown(field.default) for name, field in Settings.model_fields.items()}


def _shown(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, tuple):
        return ",".join(default)
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)


def test_every_command_is_documented() -> None:
    """An operator finds each command in docs/operations.md."""
    commands = [command.name or command.callback.__name__ for command in cli.registered_commands if command.callback]

    assert [name for name in commands if f"`squatback {name.replace('_', '-')}" not in OPERATIONS] == []
