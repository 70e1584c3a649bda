"""What was made for a client, kept in memory beside the state from one plan to the next.

Nothing follows from it: it is no part of what a state says, is not stored, and a state that
was read from its JSON begins without one.
"""

from dataclasses import dataclass, field
from typing import Final

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.choices import Choices, choices_of
from planner.inputs import context_of, pain_now
from planner.plan import Ladder, Retest
from planner.position import Client, Restriction
from planner.project import Projections
from planner.session import Sessions, prepare
from planner.state import State

MOST_PREPARED: Final = 12
"""Makers of days that are kept; the steps and restrictions of one block are fewer."""


@dataclass(slots=True, eq=False, kw_only=True)
class Tools:
    """What the plans of one client and ladder in one block share."""

    request: BlockRequest
    client: Client
    ladder: Ladder
    catalogue: Catalogue
    choices: Choices
    retests: tuple[Retest, ...] | None = None  # None before a plan has told them
    projections: Projections = field(default_factory=Projections)
    prepared: dict[tuple[Restriction, int, int | None], Sessions] = field(default_factory=dict)

    def fit(self, request: BlockRequest, state: State, catalogue: Catalogue) -> bool:
        """Return whether these are the tools of a state: a new client or ladder asks for new ones."""
        same = self.client is state.client and self.ladder is state.ladder and self.catalogue is catalogue
        return same and self.request == request

    def sessions(self, state: State, allowed: Restriction, step: int) -> Sessions:
        """Return the maker of days for a restriction and an effort step, prepared once."""
        key = (allowed, step, pain_now(state) if allowed == "calm" else None)
        if key not in self.prepared:
            if len(self.prepared) >= MOST_PREPARED:
                self.prepared.clear()
            context = context_of(state, self.request, self.catalogue, allowed=allowed, step=step)
            self.prepared[key] = prepare(context, self.choices)
        return self.prepared[key]


class Workbench:
    """Lends the tools to one plan at a time.

    A plan takes them out and puts them back when it is done, in one step of the interpreter
    each; another one that begins meanwhile from the same state finds none and makes its own.
    So no two plans ever change the same tools, whatever threads they run in. Sessions and
    items stay shared with blocks planned earlier, as the two versions of a week share them:
    nobody changes those once they were planned.
    """

    def __init__(self) -> None:
        self._free: list[Tools] = []
        self.told: dict[str, tuple[object, bytes]] = {}
        """What the fields of a state were, and how each was told as JSON (`planner.wire`)."""

    def take(self, request: BlockRequest, state: State, catalogue: Catalogue) -> Tools:
        """Return the tools of a state, new ones when there are none that fit or they are in use."""
        try:
            kept = self._free.pop()
        except IndexError:
            kept = None
        if kept is not None and kept.fit(request, state, catalogue):
            return kept
        choices = choices_of(state.client, catalogue)
        return Tools(request=request, client=state.client, ladder=state.ladder, catalogue=catalogue, choices=choices)

    def put_back(self, tools: Tools) -> None:
        """Keep tools for the next plan, in place of any others."""
        self._free[:] = [tools]


def workbench_of(state: State) -> Workbench:
    """Return the workbench that is kept with a state, a new one where there is none."""
    return state.workbench if isinstance(state.workbench, Workbench) else Workbench()
