"""Traces for an operator's collector: spans by route template, and nothing of what was asked for or written.

FastAPI makes the spans. Loaded only where `SQUATBACK_TRACES_URL` names a collector.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

_EXPORT_LIMIT_S: Final = 5.0
_KEPT: Final = frozenset({"http.request.method", "url.scheme", "network.protocol.version", "code.function.name"})
"""What a span may begin with. Paths hold ids and tokens, queries what is looked for, host names what anybody sends."""


class Discreet(Sampler):
    """Keeps a share of the traces, and of a span's first attributes those that tell nothing about anybody.

    A caller's trace id is followed; whether it is kept is decided here alone.
    """

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,  # noqa: ARG002  callers write there what they like
    ) -> SamplingResult:
        """Decide about one span that begins."""
        kept = {key: value for key, value in (attributes or {}).items() if key in _KEPT}
        decision = self._share.should_sample(parent_context, trace_id, name, kind, kept, links).decision
        return SamplingResult(decision, kept)

    def get_description(self) -> str:
        """Return what the sampler is called."""
        return f"Discreet({self._share.get_description()})"


def open_traces(url: str, *, share: float) -> TracerProvider:
    """Return what sends spans to a collector, in batches from a thread of its own; `url` ends in /v1/traces."""
    service = Resource.create({SERVICE_NAME: "squatback", SERVICE_VERSION: version("squatback")})
    provider = TracerProvider(sampler=Discreet(share), resource=service, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=_EXPORT_LIMIT_S)))
    return provider
