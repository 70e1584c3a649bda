"""The table of forecasts; `app.tables` has all others and the rules they follow."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from app.table_kit import belongs, one_of


class BlockForecast(SQLModel, table=True):
    """The forecast of one revision of a block: the job that computes it, then the JSON that is served."""

    __tablename__: ClassVar[str] = "block_forecasts"
    __table_args__ = (
        one_of("status", "running", "ready", "failed"),
        CheckConstraint("(status = 'ready') = (body IS NOT NULL)", name="ready_has_body"),
        belongs(("block_id",), "blocks"),
    )
    organization_id: UUID = Field(primary_key=True)
    block_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    run_id: UUID  # who computes it: a run that was taken over finds another id here and changes nothing
    seed: int
    status: str = "running"
    started_at: datetime
    finished_at: datetime | None = None
    body: str | None = Field(default=None, sa_type=Text)
