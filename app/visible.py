"""What the signed-in person may see: clients and blocks, as dependencies that answer 404 for everything else."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request
from sqlmodel import Session, select

from app import tables
from app.client_locks import find_locked
from app.demo_ids import demo_id
from app.deps import SAFE_METHODS, CurrentPerson, SessionDep
from app.errors import Conflict, NotFound
from app.signed_in import SignedIn

ClientId = Annotated[
    UUID,
    Path(
        description="Id of a client.",
        openapi_examples={"demo": {"summary": "Sam of the demo gym", "value": str(demo_id("client/sam"))}},
    ),
]
BlockId = Annotated[
    UUID,
    Path(
        description="Id of a block.",
        openapi_examples={"demo": {"summary": "Sam's block in the demo gym", "value": str(demo_id("block/sam"))}},
    ),
]


def find_client(session: Session, person: SignedIn, client_id: UUID, *, lock: bool = False) -> tables.Client:
    """Return a client the person may see; a missing one and somebody else's look the same.

    `lock` keeps other transactions from writing anything of the client's before this one ends.
    """
    if not person.is_staff and person.client_id != client_id:
        raise NotFound
    if lock:
        client = find_locked(session, person.organization_id, client_id)
    else:
        client = session.get(tables.Client, (person.organization_id, client_id))
    if client is None:
        raise NotFound
    person.seen.add(client.id)
    return client


def find_block(session: Session, person: SignedIn, block_id: UUID) -> tables.Block:
    """Return a block whose client the person may see."""
    block = session.get(tables.Block, (person.organization_id, block_id))
    if block is None or not (person.is_staff or person.client_id == block.client_id):
        raise NotFound
    person.seen.add(block.client_id)
    return block


def visible_client(client_id: ClientId, person: CurrentPerson, session: SessionDep, request: Request) -> tables.Client:
    """Let coaches see every client of their organization and members themselves; whoever writes is the only one."""
    return find_client(session, person, client_id, lock=request.method not in SAFE_METHODS)


VisibleClient = Annotated[tables.Client, Depends(visible_client)]


def active_client(client: tables.Client) -> tables.Client:
    """Let nothing new be recorded for an archived client."""
    if client.archived_at is not None:
        raise Conflict("client_archived")
    return client


async def visible_active_client(client: VisibleClient) -> tables.Client:
    """Let somebody see a client for whom something new may be recorded."""
    return active_client(client)


ActiveClient = Annotated[tables.Client, Depends(visible_active_client)]


def visible_block(block_id: BlockId, person: CurrentPerson, session: SessionDep) -> tables.Block:
    """Let coaches see every block of their organization and members their own."""
    return find_block(session, person, block_id)


VisibleBlock = Annotated[tables.Block, Depends(visible_block)]


def find_assessment(session: Session, person: SignedIn, assessment_id: UUID) -> tables.Fact:
    """Return an assessment of a client the person may see."""
    statement = select(tables.Fact).where(
        tables.Fact.organization_id == person.organization_id,
        tables.Fact.id == assessment_id,
        tables.Fact.kind == "assessment",
    )
    row = session.exec(statement).first()
    if row is None or not (person.is_staff or person.client_id == row.client_id):
        raise NotFound
    person.seen.add(row.client_id)
    return row
