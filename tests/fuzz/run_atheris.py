"""Runs one target under atheris, which ends with 77 when it finds something: `run_atheris TARGET [OPTIONS]`."""

import sys

import atheris

with atheris.instrument_imports(
    include=["app.json_check", "app.local_time", "app.calendars", "app.fact_bodies", "planner"]
):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz the named target until libFuzzer's options say stop."""
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
