"""The commands that need the web and the database."""

from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial

import typer
from pydantic import TypeAdapter, ValidationError
from sqlmodel import select

from app import db, demo, server
from app.audit_chain import Act
from app.catalogue import load_catalogue
from app.delivery.command import CannotDeliver, delivering_beside
from app.delivery.command import deliver as run_delivery
from app.demo_guard import refuse_demo_gym
from app.log_lines import start_logging
from app.messages import SOURCE_LANGUAGE, messages_in
from app.new_password import Password
from app.passwords import Hasher
from app.people import factors, tokens
from app.people.people_service import found_organization
from app.problem_texts import invalid_text
from app.schema import WrongSchema
from app.schemas_base import Email
from app.settings import Settings, load_settings
from app.tables import Person


def serve(*, host: str, port: int, workers: int) -> None:
    """Prepare the database, say where things are and serve."""
    settings = load_settings()
    start_logging(debug=settings.debug)
    server.prepare_in_time(settings, then=partial(_look_at_the_demo, settings))
    if settings.environment == "local":
        typer.echo(f"squatback at http://{host}:{port}/docs")
        typer.echo("Demo log-ins: coach@demo.example / demo-coach-pass, admin@demo.example / demo-admin-pass,")
        typer.echo("member@demo.example / demo-member-pass")
    beside = delivering_beside(settings, public_url=f"http://{host}:{port}")
    with beside if settings.environment == "local" else nullcontext():
        server.run(settings, host=host, port=port, workers=workers)


def deliver(*, once: bool) -> int:
    """Send what is due; return the exit code."""
    settings = load_settings()
    start_logging(debug=settings.debug)
    try:
        refuse_demo_gym(settings)
        tried = run_delivery(settings, once=once)
    except CannotDeliver as error:
        typer.echo(str(error), err=True)
        return 2
    if once:
        typer.echo(f"Tried to send {tried}.")
    return 0


def _look_at_the_demo(settings: Settings) -> None:
    """Load the demo gym into an empty local database; refuse it anywhere else."""
    refuse_demo_gym(settings)
    if settings.environment != "local":
        return
    database = db.open_database(settings)
    try:
        demo.load_if_empty(database, Hasher(settings), load_catalogue(), now=datetime.now(UTC))
    finally:
        database.engine.dispose()


def migrate() -> None:
    """Bring the schema to the newest revision."""
    try:
        db.migrate(load_settings())
    except WrongSchema as error:
        typer.echo(f"Refused: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo("The schema is up to date.")


def create_admin(*, organization: str, email: str, name: str, password: str) -> None:
    """Make an organization with its first admin."""
    try:
        address = TypeAdapter(Email).validate_python(email)
        TypeAdapter(Password).validate_python(password)
    except ValidationError as error:
        typer.echo(f"Refused: {invalid_text(error.errors()[0], messages_in(SOURCE_LANGUAGE))}.", err=True)
        raise typer.Exit(2) from None
    settings = load_settings()
    database = db.open_database(settings)
    now = datetime.now(UTC)
    act = Act(action="create-admin", event="user_created", actor_kind="command", at=now)
    with database.write(act) as session:
        admin = found_organization(
            session,
            name=organization,
            email=address,
            display_name=name,
            password_hash=Hasher(settings).hash(password),
            now=now,
        )
        typer.echo(f"{admin.email} is admin of {organization}.")
    database.engine.dispose()


def reset_factor(email: str) -> int:
    """Take away somebody's second factor and end their sign-ins; return the exit code."""
    database = db.open_database(load_settings())
    act = Act(action="reset-factor", event="authz_change", actor_kind="command", at=datetime.now(UTC))
    try:
        with database.write(act) as session:
            found = select(Person).where(Person.email == email.lower())
            person = session.exec(found, execution_options=db.ANY_ORGANIZATION).first()
            if person is None:
                typer.echo("Refused: nobody signs in with this address.", err=True)
                return 2
            act.organization_id = person.organization_id
            act.about(person.id)
            factors.remove(session, factors.whose(person))
            tokens.end_all_sessions(session, person)
    finally:
        database.engine.dispose()
    typer.echo("They sign in with their password again.")
    return 0


def demo_data() -> None:
    """Renew the demo gym; never in production."""
    settings = load_settings()
    if settings.environment != "local":
        typer.echo("The demo gym is for the local environment only.", err=True)
        raise typer.Exit(2)
    db.migrate(settings)
    database = db.open_database(settings)
    demo.renew(database, Hasher(settings), load_catalogue(), now=datetime.now(UTC))
    database.engine.dispose()
    typer.echo("The demo gym is as of today.")
