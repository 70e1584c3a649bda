"""Looks again and again whether the database is there with the schema of this version, and says so once it changes."""

import asyncio
import json
import logging
from typing import Final

from app.connections import Connections, NoAnswer, NoTable
from app.schema import REVISIONS, Standing, standing_of

LOG = logging.getLogger("squatback.database")

LIMIT_S: Final = 1.0
"""Seconds that a look waits for an answer."""
_WHILE_READY_S: Final = 1.0
_WHILE_NOT_S: Final = 0.2


class SchemaWatch:
    """How the database stood when it was last looked at: what routes and probes go by."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._look: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.standing = Standing.AWAY

    async def start(self) -> None:
        """Look once, then go on looking."""
        await self.look()
        self._keeper = asyncio.create_task(self._keep_looking())

    async def look(self) -> Standing:
        """Return how the database stands now; one that takes too long to say is away."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._note())
        done, _ = await asyncio.wait({self._look}, timeout=LIMIT_S)  # nobody else's look is cancelled with this one
        return self.standing if done else Standing.AWAY

    async def close(self) -> None:
        """Stop looking."""
        if self._keeper is not None:
            self._keeper.cancel()
        if self._look is not None:
            await asyncio.wait({self._look})
        await self._connections.close()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_WHILE_READY_S if self.standing is Standing.READY else _WHILE_NOT_S)
            await self.look()

    async def _note(self) -> None:
        found = await self._found()
        if found is Standing.AWAY and self.standing is Standing.READY:
            found = await self._found()  # an old connection ends with the server it led to; a new one may be welcome
        if found is not self.standing:
            level = logging.INFO if found is Standing.READY else logging.WARNING
            LOG.log(level, json.dumps({"event": "database", "standing": found}))
        self.standing = found

    async def _found(self) -> Standing:
        try:
            return standing_of([revision for (revision,) in await self._connections.fetch(REVISIONS, ())])
        except NoTable:
            return Standing.OLDER
        except NoAnswer:
            return Standing.AWAY
