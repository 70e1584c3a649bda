"""Builds the app from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from threading import Event

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from app import docs_ui, health
from app.adjustments.routes import router as adjustments
from app.asgi import Layer
from app.assessments.routes import router as assessments
from app.audit.routes import router as audit
from app.audit_reads import ReadTrail, written_regularly
from app.blocks.revision_routes import router as revisions
from app.blocks.routes import router as blocks
from app.calendars.routes import router as calendars
from app.call_limits import CallLimits
from app.catalogue import load_catalogue
from app.clients.record_routes import router as records
from app.clients.routes import router as clients
from app.clients.screening_routes import router as screenings
from app.clients.transfer_routes import router as transfers
from app.coach.routes import router as coach
from app.collector import spare_what_stays
from app.connections import open_connections
from app.cors import CrossOrigin
from app.db import open_database
from app.delivery import unsubscribe_routes
from app.delivery.events import events
from app.delivery.routes import router as delivery
from app.forecasts.queue import ForecastQueue
from app.forecasts.routes import router as forecasts
from app.hot_reads import HotReads
from app.hot_store import open_hot_store
from app.layers import LayeredApp
from app.library.document_routes import router as documents
from app.library.routes import router as library
from app.library.video_routes import router as videos
from app.links.routes import router as links
from app.local_time import utc_now
from app.log_lines import start_logging
from app.logs.routes import router as logs
from app.logs.sync_routes import router as sync
from app.logs.what_if_routes import router as what_if
from app.metrics import Metrics
from app.openapi import DESCRIPTION, TAGS, TITLE, describe_with, operation_id
from app.pages import own_sign_ins, sign_in_routes
from app.pages import routes as week_page
from app.pages.second_factor import router as factor_page
from app.pages.site import PAGE_HANDLERS
from app.pages.site import files as page_files
from app.passwords import Hasher
from app.people import auth_routes, people_routes
from app.people.factor_routes import router as second_factor
from app.people.sign_in_routes import router as my_sign_ins
from app.problems import COMMON_RESPONSES, HANDLERS
from app.schema_watch import LIMIT_S, SchemaWatch
from app.seats import Seats
from app.server import noticing_shutdown
from app.settings import Settings
from app.telemetry import sending_traces, telemetry_config
from app.trend.routes import router as trend

ROUTERS: tuple[APIRouter, ...] = (
    logs,  # what phones send most comes first: a path is matched with one router after another
    auth_routes.router,
    my_sign_ins,
    second_factor,
    clients,
    transfers,
    records,
    screenings,
    assessments,
    blocks,
    adjustments,
    what_if,
    revisions,
    forecasts,
    links,
    calendars,
    delivery,
    trend,
    sync,
    coach,
    library,
    videos,
    documents,
    people_routes.router,
    audit,
)
PAGES: tuple[APIRouter, ...] = (
    sign_in_routes.router,
    own_sign_ins.router,
    factor_page,
    *week_page.ROUTERS,
    page_files,
    unsubscribe_routes.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the app; it connects to nothing and reads nothing before its lifespan begins."""
    settings = settings or Settings()
    metrics, telemetry = Metrics(), telemetry_config(settings)
    app = LayeredApp(
        title=TITLE,
        version=version("squatback"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.docs else None,
        redirect_slashes=False,
        lifespan=_lifespan,
        responses=COMMON_RESPONSES,
        exception_handlers=HANDLERS | PAGE_HANDLERS,
        generate_unique_id_function=operation_id,
        telemetry=telemetry,
        layers=[
            Middleware(Layer, settings=settings, metrics=metrics),
            *([Middleware(CrossOrigin, origins=settings.cors_origins)] if settings.cors_origins else []),
            Middleware(HotReads, traced=settings.traces_url is not None),
            Middleware(Seats, settings=settings),
        ],
    )
    app.openapi = describe_with(app)  # type: ignore[method-assign]
    app.state.settings, app.state.metrics, app.state.stopping = settings, metrics, Event()
    app.state.telemetry, app.state.clock = telemetry, utc_now
    app.webhooks.include_router(events)
    for router in (*ROUTERS, *PAGES, health.router, *((docs_ui.router,) if settings.docs else ())):
        app.include_router(router)
    return app


def create_served_app() -> FastAPI:
    """Return the app of a server process: what stays is read first, so that the collector passes it by."""
    settings = Settings()
    start_logging(debug=settings.debug)
    load_catalogue()
    app = create_app(settings)
    spare_what_stays()
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Read the catalogue and build the engine; a stopped database makes the app unready, not dead."""
    settings: Settings = app.state.settings
    to_thread.current_default_thread_limiter().total_tokens = settings.worker_threads
    app.state.catalogue = load_catalogue()
    app.state.database = open_database(settings)
    app.state.hot_store = open_hot_store(settings)
    app.state.hasher = Hasher(settings)
    app.state.call_limits = CallLimits(settings.calls_per_minute)
    app.state.hashing_limiter = CapacityLimiter(settings.hashings_at_once)
    app.state.schema_watch = SchemaWatch(open_connections(settings, places=1, limit_s=LIMIT_S))
    app.state.forecasts = ForecastQueue(app.state.database, limit_s=settings.forecast_limit_s)
    app.state.read_trail = ReadTrail(app.state.database)
    await app.state.schema_watch.start()
    shutdown = noticing_shutdown(app.state.stopping.set, linger_s=settings.linger_s)
    with sending_traces(app.state.telemetry), shutdown:
        async with written_regularly(app.state.read_trail):
            yield
    await app.state.schema_watch.close()
    app.state.forecasts.close()
    await app.state.hot_store.close()
    app.state.database.engine.dispose()
