"""What FastAPI tells a collector: nothing, unless the operator names one; then spans, never logs or bodies."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Thread
from typing import Any, Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace

from app.bad_settings import BadSettings
from app.settings import Settings

_LAST_BATCH_S: Final = 3.0


def telemetry_config(settings: Settings) -> TelemetryConfig:
    """Return FastAPI's settings, each said, so that no variable of the environment switches anything on.

    Its logs would record the texts of errors; its metrics count what `/metrics` counts. BadSettings where a collector
    is named and the packages for it are not installed.
    """
    off = TelemetryConfig(logs=False, metrics=False, auto_configure=False)
    if settings.traces_url is None:
        return TelemetryConfig(tracing=False, **off)
    try:
        traces = import_module("app.traces")
    except ImportError:
        raise BadSettings(("SQUATBACK_TRACES_URL: needs the packages of `squatback[telemetry]`",)) from None
    provider = traces.open_traces(str(settings.traces_url), share=settings.traces_share)
    return TelemetryConfig(tracing=True, tracer_provider=provider, **off)


@contextmanager
def sending_traces(config: TelemetryConfig) -> Iterator[None]:
    """Send what is left when the block ends, if the collector takes it in time."""
    yield
    provider: Any = config.get("tracer_provider")  # of the SDK, which is loaded only where traces are collected
    if provider is not None:
        last = Thread(target=provider.shutdown, daemon=True)
        last.start()
        last.join(_LAST_BATCH_S)


def note_request(request_id: str) -> None:
    """Let the present span be found by the id that log lines and answers have."""
    trace.get_current_span().set_attribute("squatback.request_id", request_id)


def name_span(method: str, route: str) -> None:
    """Call the present span by its route, where the router does not see the request."""
    span = trace.get_current_span()
    span.update_name(f"{method} {route}")
    span.set_attribute("http.route", route)
