"""The running service that lives happen in, and copies of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.copying import copy_database
from app.db import open_database
from tests.app.kit import Api
from tests.conftest import Clock, settings_for
from tests.kept import built
from tests.support.direct import Direct
from tests.support.flagged_life import Life, Staff


@dataclass(slots=True)
class World:
    """An app on a database; of that no more than so many `copies` are made, for each holds all lives before it.

    `migrated` is an SQLite database with all tables.
    """

    http: Direct
    clock: Clock
    migrated: Path
    copies: int
    started: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock.now

    def staff(self) -> Staff:
        """Found a gym, on the day on which all lives begin."""
        self.clock.now = self.started
        return Staff.found(self.http, self.clock)

    def begin(self, staff: Staff) -> Life:
        """Begin the life of a client."""
        return Life.begin(self.http, self.clock, staff)

    @contextmanager
    def restored(self, life: Life) -> Iterator[Life | None]:
        """Yield the life as a new server on a copy of the database shows it; None once enough copies were made."""
        if self.copies == 0:
            yield None
            return
        self.copies -= 1
        with TemporaryDirectory(dir=self.migrated.parent) as folder:
            settings = settings_for(f"sqlite:///{folder}/copy.db")
            shutil.copyfile(self.migrated, Path(folder) / "copy.db")
            target = open_database(settings)
            copy_database(self.http.app.state.database.engine, target.engine)
            target.engine.dispose()
            app = built(settings)
            app.state.clock = self.http.app.state.clock
            with Direct(app) as http:
                admin, coach, me = (Api(http, one.who, one.token) for one in (life.admin, life.coach, life.me))
                yield replace(life, http=http, admin=admin, coach=coach, me=me)
