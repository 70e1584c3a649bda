"""The command line: serve, deliver, migrate, create-admin, demo-data, copies of databases, verify, plan, lab, seeds."""

import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from app.bad_settings import BadSettings
from app.seeds_command import print_seeds

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show the values of variables, and some are secrets
    help="Plans training blocks that earn a squat back.",
)

_DAY = "%Y-%m-%d"


def main() -> None:
    """Run the command line; settings that nothing may start with are told on a line each."""
    try:
        cli()
    except BadSettings as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        sys.exit(2)


def _service() -> ModuleType:
    """Return the commands that need the web and the database: `plan` starts without either.

    Settings are checked first, so that a refusal waits for nothing. Other commands are loaded only when they are
    given, too: a server lives in this process, and what they print with would stay in its memory.
    """
    import_module("app.settings").load_settings()
    return import_module("app.service_commands")


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that serve.", min=1, max=64)] = 1,
) -> None:
    """Migrate, load the demo gym into an empty local database and serve."""
    _service().serve(host=host, port=port, workers=workers)


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    _service().migrate()


@cli.command()
def deliver(
    once: Annotated[bool, typer.Option("--once", help="Send what is due now and exit: for cron.")] = False,
) -> None:
    """Send the weekly e-mails and webhooks that are due, until told to stop."""
    raise typer.Exit(_service().deliver(once=once))


@cli.command(name="create-admin")
def create_admin(
    organization: Annotated[str, typer.Option(prompt=True, help="Name of the gym or clinic.")],
    email: Annotated[str, typer.Option(prompt=True, help="What the admin signs in with.")],
    name: Annotated[str, typer.Option(prompt=True, help="What the admin is called.")],
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="SQUATBACK_ADMIN_PASSWORD")
    ],
) -> None:
    """Make an organization with its first admin."""
    _service().create_admin(organization=organization, email=email, name=name, password=password)


@cli.command(name="reset-factor")
def reset_factor(email: Annotated[str, typer.Argument(help="With which address they sign in.")]) -> None:
    """Take away the second factor of somebody whom no admin can help; their sign-ins end."""
    raise typer.Exit(_service().reset_factor(email))


@cli.command(name="demo-data")
def demo_data() -> None:
    """Load the demo gym again, as of today; whatever was changed in it is gone."""
    _service().demo_data()


def _copying() -> ModuleType:
    """Return the commands that copy whole databases."""
    return import_module("app.copy_commands")


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="The SQLite file to write; it must not exist.")]) -> None:
    """Copy the database into one file, also while it is used: as it was at one instant."""
    raise typer.Exit(_copying().backup(file))


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")]) -> None:
    """Fill the empty database from a backup, and prove it equal."""
    raise typer.Exit(_copying().restore(file))


@cli.command()
def transfer(file: Annotated[Path, typer.Argument(help="The SQLite file of a server that is stopped.")]) -> None:
    """Move from a SQLite file to an empty PostgreSQL, and prove the copy equal."""
    raise typer.Exit(_copying().transfer(file))


@cli.command()
def verify() -> None:
    """Prove that stored plans are what their facts lead to, and that nobody edited the audit trail; writes nothing."""
    raise typer.Exit(import_module("app.verify_command").verify())


@cli.command()
def plan(
    file: Annotated[
        Path, typer.Argument(help="YAML file with `client:` and `assessment:`.", exists=True, dir_okay=False)
    ],
    json_: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    weeks: Annotated[int, typer.Option(help="Length of the block.", min=4, max=8)] = 6,
    starts_on: Annotated[
        datetime | None,
        typer.Option(formats=[_DAY], help="First day, and the day it is planned on; today when left out."),
    ] = None,
) -> None:
    """Print the block that an assessment leads to. Needs no server and no database."""
    today = datetime.now().astimezone().date()
    first = today if starts_on is None else starts_on.date()
    raise typer.Exit(import_module("app.plan_command").print_plan(file, as_json=json_, weeks=weeks, starts_on=first))


@cli.command()
def lab(
    clients: Annotated[int, typer.Option(help="Virtual clients.", min=1, max=100_000)] = 200,
    weeks: Annotated[int, typer.Option(help="Weeks each of them lives.", min=1, max=104)] = 26,
    seed: Annotated[int, typer.Option(help="Makes the run repeatable.", min=0)] = 1,
    json_: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Also write a page with plots to this file (HTML; Markdown for --sensitivity).", dir_okay=False
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", dir_okay=False)
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a target is missed.")] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Move the numbers of the rules by 20 % and say which matter.")
    ] = False,
) -> None:
    """Compare squatback with other policies on the same virtual clients. Needs no server and no database."""
    command = import_module("app.lab.command")
    if sensitivity:
        if json_ or strict or save:
            raise typer.BadParameter("--sensitivity goes with --clients, --weeks, --seed and --report only")
        today = datetime.now().astimezone().date()
        raise typer.Exit(command.sensitivity(clients, weeks, seed, report=report, on=today))
    code = command.lab(clients, weeks, seed, as_json=json_, report=report, keep=save, strict=strict)
    raise typer.Exit(code)


@cli.command()
def seeds() -> None:
    """Load and cross-check the seeds and print a summary that reviewers can compare."""
    raise typer.Exit(print_seeds())


if __name__ == "__main__":
    main()
