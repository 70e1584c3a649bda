"""The way from one squat to another: the cheapest row of small rises, found by search.

Nodes are squats at their usual depths, or as deep as the client goes, flat or heels up. One
rung may rise a little in each score; the cost of a rung is the sum of its squared rises and
one more, ties go by id.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from planner.catalogue import Catalogue, LadderStep, Variation
from planner.limits.ladder import EdgeLimits
from planner.scores import Five, score_row
from planner.words import Modifier

DRILL_ONLY: Final = frozenset({"wall_facing_squat"})
SIDE_ROADS: Final = frozenset({"belt", "leg_press", "split"})
"""Families that train legs beside the ladder: they teach too little of the squat to be a rung."""

LOOSER: Final = 2  # times the usual rise, when nothing smaller leads on

Key = tuple[str, int, tuple[Modifier, ...]]


class Graph:
    """Every node with its scores; the edges of a node are worked out when first asked for."""

    def __init__(self, catalogue: Catalogue, deepest: int, *, loose: bool) -> None:
        limits = catalogue.limits.ladder
        self.limits = _looser(limits.edges) if loose else limits.edges
        self.keys = sorted(_keys(catalogue, deepest))
        self.rows = [
            score_row(catalogue.variations[name], depth, modifiers, limits.modifiers)
            for name, depth, modifiers in self.keys
        ]
        self._edges: dict[int, list[tuple[float, int]]] = {}

    def edges(self, node: int) -> list[tuple[float, int]]:
        """Return (cost, node) of every node one rung away."""
        found = self._edges.get(node)
        if found is None:
            found = self._edges[node] = self.edges_from(self.rows[node], self.keys[node][1])
        return found

    def edges_from(self, row: Five, depth: int) -> list[tuple[float, int]]:
        """Return (cost, node) of every node one rung away from a squat that may be no node."""
        found = []
        for node, (_, other_depth, _) in enumerate(self.keys):
            cost = edge_cost(row, depth, self.rows[node], other_depth, self.limits)
            if cost is not None:
                found.append((cost, node))
        return found


def _keys(catalogue: Catalogue, deepest: int) -> list[Key]:
    keys: list[Key] = []
    for variation in catalogue.variations.values():
        if variation.id in DRILL_ONLY or variation.family in SIDE_ROADS:
            continue
        flat: list[tuple[Modifier, ...]] = [()]
        if _takes_heels(variation):
            flat.append(("heels_up",))
        low, high = (min(depth, deepest) for depth in variation.depths)
        depths = range(low, high + 1)
        keys += [(variation.id, depth, added) for depth in depths for added in flat]
    return keys


def _looser(limits: EdgeLimits) -> EdgeLimits:
    return EdgeLimits(
        spine_rise=LOOSER * limits.spine_rise,
        joint_rise=LOOSER * limits.joint_rise,
        depth_rise=LOOSER * limits.depth_rise,
        rung_cost=limits.rung_cost,
    )


def _takes_heels(variation: Variation) -> bool:
    """Return whether a lift would help: not where heels are up or the ankle is hardly asked."""
    return not variation.built_in.heels and variation.demand_column not in {"none", "box"}


def edge_cost(row: Five, depth: int, other: Five, other_depth: int, limits: EdgeLimits) -> float | None:
    """Return what one rung costs, None when it would rise too much."""
    if other_depth - depth > limits.depth_rise:
        return None
    cost = limits.rung_cost
    for index, (before, after) in enumerate(zip(row, other, strict=True)):
        rise = after - before
        if rise <= 0:
            continue
        if rise > (limits.joint_rise if index < 2 else limits.spine_rise):  # hip and ankle come first
            return None
        cost += rise * rise
    return cost


_GRAPHS: dict[tuple[str, int, bool], Graph] = {}


def graph_of(catalogue: Catalogue, deepest: int, *, loose: bool = False) -> Graph:
    """Return the graph down to a depth index, built once; a loose one has twice the usual rises."""
    key = (catalogue.digest, deepest, loose)
    graph = _GRAPHS.get(key)
    if graph is None:
        graph = _GRAPHS[key] = Graph(catalogue, deepest, loose=loose)
    return graph


def find_route(
    graph: Graph,
    *,
    start: list[tuple[float, int]],
    goal: tuple[Five, int],
    may_pass: Callable[[Key], bool],
    direct: float | None,
) -> list[Key] | None:
    """Return the rungs between a start and a goal, [] when one step leads there, None without a way.

    `start` holds the first rungs with their costs; `direct` the cost of stepping straight to the goal.
    """
    best = direct
    end: int | None = None
    cost_of: dict[int, float] = {}
    before: dict[int, int] = {}
    heap: list[tuple[float, int]] = []
    _relax(start, 0.0, None, (cost_of, before, heap))
    done: set[int] = set()
    while heap:
        cost, node = heappop(heap)
        if best is not None and cost >= best:
            break
        if node in done or not may_pass(graph.keys[node]):
            continue
        done.add(node)
        last = edge_cost(graph.rows[node], graph.keys[node][1], *goal, graph.limits)
        if last is not None and (best is None or cost + last < best):
            best, end = cost + last, node
        _relax(graph.edges(node), cost, node, (cost_of, before, heap))
    if best is None:
        return None
    return _path(graph, before, end)


def _relax(
    edges: list[tuple[float, int]],
    so_far: float,
    node: int | None,
    known: tuple[dict[int, float], dict[int, int], list[tuple[float, int]]],
) -> None:
    """Note every neighbour that is reached more cheaply through a node."""
    cost_of, before, heap = known
    for cost, other in edges:
        total = so_far + cost
        if total < cost_of.get(other, total + 1):
            cost_of[other] = total
            if node is not None:
                before[other] = node
            heappush(heap, (total, other))


def _path(graph: Graph, before: dict[int, int], end: int | None) -> list[Key]:
    path: list[Key] = []
    while end is not None:
        path.append(graph.keys[end])
        end = before.get(end)
    return path[::-1]


def distance(row: Five, depth: int, other: Five, other_depth: int) -> float:
    """Return how unlike two squats are, for choosing a stand-in."""
    return float((depth - other_depth) ** 2 + sum((one - two) ** 2 for one, two in zip(row, other, strict=True)))


def step_row(step: LadderStep, catalogue: Catalogue) -> Five:
    """Return the scores of a step."""
    limits = catalogue.limits.ladder.modifiers
    return score_row(catalogue.variations[step.variation], step.depth, step.modifiers, limits)
