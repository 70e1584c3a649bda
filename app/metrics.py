"""Request counters of this process, in the text format Prometheus reads; no ids in any label."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate

_BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
Label = tuple[str, str, int]
"""Method, route template and status."""


@dataclass(slots=True)
class Finished:
    """Requests that ended alike."""

    count: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(_BOUNDS_S) + 1))  # the last: longer than all bounds


@dataclass(slots=True)
class Metrics:
    """Counts by method, route template and status; one look-up a request."""

    finished: defaultdict[Label, Finished] = field(default_factory=lambda: defaultdict(Finished))
    in_flight: int = 0

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        alike = self.finished[method, route, status]
        alike.count += 1
        alike.seconds += seconds
        alike.buckets[bisect_left(_BOUNDS_S, seconds)] += 1

    def text(self) -> str:
        """Return all counters in the exposition format."""
        return "\n".join([*self._request_lines(), *self._duration_lines(), *self._gauge_lines(), ""])

    def _request_lines(self) -> list[str]:
        lines = [
            "# HELP squatback_requests_total Finished requests.",
            "# TYPE squatback_requests_total counter",
        ]
        for (method, route, status), alike in sorted(self.finished.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            lines.append(f"squatback_requests_total{{{labels}}} {alike.count}")
        return lines

    def _duration_lines(self) -> list[str]:
        name = "squatback_request_seconds"
        lines = [
            f"# HELP {name} Time from the first byte in to the last byte out.",
            f"# TYPE {name} histogram",
        ]
        for (method, route), alike in sorted(self._by_route().items()):
            labels = f'method="{method}",route="{route}"'
            for bound, below in zip((*_BOUNDS_S, "+Inf"), accumulate(alike.buckets), strict=True):
                lines.append(f'{name}_bucket{{{labels},le="{bound}"}} {below}')
            lines += [f"{name}_sum{{{labels}}} {alike.seconds:.6f}", f"{name}_count{{{labels}}} {alike.count}"]
        return lines

    def _by_route(self) -> dict[tuple[str, str], Finished]:
        """Return the same counts whatever the status."""
        found: defaultdict[tuple[str, str], Finished] = defaultdict(Finished)
        for (method, route, _), alike in self.finished.items():
            whole = found[method, route]
            whole.count += alike.count
            whole.seconds += alike.seconds
            whole.buckets = [one + more for one, more in zip(whole.buckets, alike.buckets, strict=True)]
        return found

    def _gauge_lines(self) -> list[str]:
        name = "squatback_requests_in_flight"
        return [
            f"# HELP {name} Requests being answered now.",
            f"# TYPE {name} gauge",
            f"{name} {self.in_flight}",
        ]
