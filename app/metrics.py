"""Request counters of this process, in the text format Prometheus reads; no ids in any label."""

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field

_BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
Label = tuple[str, str]


@dataclass(slots=True)
class Metrics:
    """Counts by method, route template and status."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    seconds: defaultdict[Label, float] = field(default_factory=lambda: defaultdict(float))
    buckets: Counter[tuple[str, str, float]] = field(default_factory=Counter)
    in_flight: int = 0

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        self.requests[method, route, status] += 1
        self.seconds[method, route] += seconds
        bound = bisect_left(_BOUNDS_S, seconds)
        if bound < len(_BOUNDS_S):
            self.buckets[method, route, _BOUNDS_S[bound]] += 1

    def text(self) -> str:
        """Return all counters in the exposition format."""
        return "\n".join([*self._request_lines(), *self._duration_lines(), *self._gauge_lines(), ""])

    def _request_lines(self) -> list[str]:
        lines = [
            "# HELP squatback_requests_total Finished requests.",
            "# TYPE squatback_requests_total counter",
        ]
        for (method, route, status), count in sorted(self.requests.items()):
            lines.append(f'squatback_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}')
        return lines

    def _duration_lines(self) -> list[str]:
        name = "squatback_request_seconds"
        lines = [
            f"# HELP {name} Time from the first byte in to the last byte out.",
            f"# TYPE {name} histogram",
        ]
        for (method, route), total in sorted(self.seconds.items()):
            labels, below = f'method="{method}",route="{route}"', 0
            for bound in _BOUNDS_S:
                below += self.buckets[method, route, bound]
                lines.append(f'{name}_bucket{{{labels},le="{bound}"}} {below}')
            count = sum(n for (m, r, _), n in self.requests.items() if (m, r) == (method, route))
            lines += [
                f'{name}_bucket{{{labels},le="+Inf"}} {count}',
                f"{name}_sum{{{labels}}} {total:.6f}",
                f"{name}_count{{{labels}}} {count}",
            ]
        return lines

    def _gauge_lines(self) -> list[str]:
        name = "squatback_requests_in_flight"
        return [
            f"# HELP {name} Requests being answered now.",
            f"# TYPE {name} gauge",
            f"{name} {self.in_flight}",
        ]
