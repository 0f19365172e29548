"""The HTTP interface of the service: search, visits with pictures, watch lists, sources, events; OpenAPI at /docs."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from app.config.redaction import redact
from app.records import Record, json_object
from app.service.access import RateLimit, is_authorised
from app.service.image_reading import ImageError, ImageReader
from app.service.live_events import LiveEvents, TooManyListeners
from app.service.metrics import metrics_text
from app.service.service import Health, Service
from app.store import search
from app.store.errors import LogError, NotFound
from app.store.store import Store
from app.store.watchlist import WatchEntry
from app.version import __version__

#: Largest body that is taken, in bytes: a photograph of a telephone is below it.
MOST_BODY = 30 * 2**20
#: Rows a page of a search has at the most.
MOST_ROWS = 1000
#: Requests a client may send: on average a second, and at once. Far above what pages and automation need.
RATE_PER_S, BURST = 20.0, 100

Picture = Literal["crop", "frame"]
WatchListName = Literal["block", "allow"]


class Change(BaseModel):
    """What is to be changed of a visit; what is left out stays."""

    plate: str | None = Field(None, max_length=64, description="the right plate; what was read is kept beside it")
    note: str | None = Field(None, max_length=2000)
    settled: bool | None = Field(None, description="whether a person has dealt with its watch-list hit")


class NewWatchEntry(BaseModel):
    """An entry for a watch list."""

    plate: str = Field(max_length=64, description="a plate, or a pattern with * and ?")
    list: WatchListName = "block"
    note: str = Field("", max_length=2000)
    tolerance: int = Field(0, ge=0, le=3, description="characters that may differ")
    look_alikes: bool = Field(True, description="take O and 0, I and 1 for the same")
    hours: str = Field("", max_length=200, description="when it counts, as `Mon-Fri 08:00-18:00`")


def create_http_app(service: Service, events: LiveEvents, token: str, limit: RateLimit | None = None) -> FastAPI:
    """Returns the application.

    Args:
        service: answers from its log and state.
        events: what /api/v1/events streams.
        token: every request but /health must send it as `Authorization: Bearer TOKEN`.
        limit: bounds the requests of each client; by default 20 a second.
    """
    http = FastAPI(
        title="Platescribe",
        version=__version__,
        description="Number plates read by cameras. Send `Authorization: Bearer TOKEN` with every request but /health.",
    )
    _guard_requests(http, token, limit or RateLimit(RATE_PER_S, BURST))
    _add_state_routes(http, service, events)
    _add_visit_routes(http, service)
    _add_watch_routes(http, service)
    _add_image_route(http, ImageReader(service.load_pipeline))
    return http


def _guard_requests(http: FastAPI, token: str, limit: RateLimit) -> None:
    """Refuses who has no token, who asks too often, and bodies that are too large; names faults without secrets."""

    @http.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        client = request.client.host if request.client else ""
        if not limit.allows(client):
            return JSONResponse({"detail": "too many requests; wait a second"}, 429, {"Retry-After": "1"})
        if request.url.path != "/health" and not is_authorised(request.headers.get("authorization"), token):
            return JSONResponse({"detail": "send the token: Authorization: Bearer TOKEN"}, 401, _ASK_FOR_TOKEN)
        size = request.headers.get("content-length", "")
        if request.method in ("POST", "PUT", "PATCH") and not (size.isdigit() and int(size) <= MOST_BODY):
            return JSONResponse({"detail": f"a body has a Content-Length of at most {MOST_BODY:,} bytes"}, 413)
        return await call_next(request)

    @http.exception_handler(NotFound)
    def tell_not_found(_request: Request, error: NotFound) -> Response:
        return JSONResponse({"detail": str(error)}, 404)

    @http.exception_handler(LogError)
    def tell_log_error(_request: Request, error: LogError) -> Response:
        return JSONResponse({"detail": redact(str(error))}, 409)


_ASK_FOR_TOKEN = {"WWW-Authenticate": "Bearer"}


def _add_state_routes(http: FastAPI, service: Service, events: LiveEvents) -> None:
    @http.get("/health")
    def health() -> Response:
        """Tells whether reads are kept: 200 for ok, starting and degraded, 503 where nothing is kept."""
        state = service.state()
        body = {
            "status": state.health.value,
            "networks": state.networks,
            "sources": {name: status.state.value for name, status in state.sources.items()},
            "log": {"state": state.log.state.value, "waiting": state.log.waiting},
            "receivers": {r.receiver: {"waiting": r.waiting, "failing": bool(r.error)} for r in state.receivers},
        }
        return JSONResponse(body, 503 if state.health is Health.FAILED else 200)

    @http.get("/metrics")
    def metrics() -> Response:
        """Gives figures for Prometheus."""
        return Response(metrics_text(service), media_type="text/plain; version=0.0.4; charset=utf-8")

    @http.get("/api/v1/sources")
    def sources() -> list[dict[str, Any]]:
        """Lists the sources and how they do."""
        state = service.state()
        return [
            {
                "name": name,
                "state": status.state.value,
                "fps": round(status.fps, 2),
                "frames": status.frames,
                "examined": state.looks.get(name, 0),
                "dropped": status.dropped,
                "reconnects_last_hour": status.reconnects,
                "stalls_last_hour": status.stalls,
                "error": status.error,
            }
            for name, status in state.sources.items()
        ]

    @http.get("/api/v1/events")
    def stream_events() -> Response:
        """Streams the messages that receivers get, as server-sent events."""
        try:
            stream = events.listen()
        except TooManyListeners as error:
            raise HTTPException(503, str(error)) from error
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _add_visit_routes(http: FastAPI, service: Service) -> None:
    def store() -> Store:
        return _require_store(service)

    @http.get("/api/v1/visits")
    def find_visits(
        log: Annotated[Store, Depends(store)],
        plate: Annotated[str, Query(max_length=64, description="a plate, or a pattern with * and ?")] = "",
        since: datetime | None = None,
        until: datetime | None = None,
        source: Annotated[str, Query(max_length=200)] = "",
        list: Annotated[Literal["", "block", "allow", "any"], Query()] = "",
        min_confidence: Annotated[float, Query(ge=0, le=1)] = 0.0,
        look_alikes: bool = True,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
        after: Annotated[str, Query(max_length=64, description="`next` of the page before")] = "",
    ) -> dict[str, Any]:
        """Finds visits, newest first; `next` gives the next page, null at the end."""
        query = search.Query(
            plate,
            look_alikes,
            since=_aware(since),
            until=_aware(until),
            source=source,
            list_name=list,
            min_confidence=min_confidence,
        )
        page = log.page(query, _cursor(after), limit)
        following = f"{page.next.first_us}-{page.next.id}" if page.next is not None else None
        return {"visits": [_visit(record) for record in page.visits], "next": following}

    @http.get("/api/v1/visits/{visit_id}")
    def get_visit(log: Annotated[Store, Depends(store)], visit_id: int) -> dict[str, Any]:
        """Gives one visit."""
        return _visit(log.get(visit_id))

    @http.patch("/api/v1/visits/{visit_id}")
    def change_visit(log: Annotated[Store, Depends(store)], visit_id: int, change: Change) -> dict[str, Any]:
        """Corrects a plate, sets its note, settles its hit."""
        if change.plate is not None:
            log.correct(visit_id, change.plate)
        if change.note is not None:
            log.annotate(visit_id, change.note)
        if change.settled is not None:
            log.settle(visit_id, change.settled)
        return _visit(log.get(visit_id))

    @http.get("/api/v1/visits/{visit_id}/{picture}")
    def get_picture(log: Annotated[Store, Depends(store)], visit_id: int, picture: Picture) -> Response:
        """Gives the picture of a visit: the plate (crop) or the whole frame."""
        record = log.get(visit_id)
        name = record.crop if picture == "crop" else record.frame
        path = log.pictures.path(name) if name else None
        if path is None or not path.is_file():
            raise HTTPException(404, f"visit {visit_id} has no {picture}")
        return FileResponse(path, media_type="image/jpeg")


def _add_watch_routes(http: FastAPI, service: Service) -> None:
    @http.get("/api/v1/watch")
    def list_entries() -> list[dict[str, Any]]:
        """Lists all entries of the watch lists."""
        return [_entry(entry) for entry in _require_store(service).watch.entries()]

    @http.post("/api/v1/watch", status_code=201)
    def add_entry(entry: NewWatchEntry) -> dict[str, Any]:
        """Puts a plate or pattern on a list; one that is there already is replaced."""
        made = WatchEntry(
            plate=entry.plate,
            list_name=entry.list,
            note=entry.note,
            tolerance=entry.tolerance,
            look_alikes=entry.look_alikes,
            hours=entry.hours,
        )
        _require_store(service).watch.add(made)
        return _entry(made)

    @http.delete("/api/v1/watch/{list_name}/{plate}")
    def remove_entry(list_name: WatchListName, plate: str) -> dict[str, int]:
        """Takes a plate or pattern off a list."""
        removed = _require_store(service).watch.remove(plate, list_name)
        if not removed:
            raise HTTPException(404, f"{plate} is not on the {list_name} list")
        return {"removed": removed}


def _add_image_route(http: FastAPI, reader: ImageReader) -> None:
    @http.post("/api/v1/read")
    async def read_image(request: Request) -> dict[str, Any]:
        """Reads the plates of one picture; its bytes are the body. Nothing of it is kept."""
        data = await request.body()
        try:
            records = await run_in_threadpool(reader.read, data)
        except ImageError as error:
            raise HTTPException(422, str(error)) from error
        return {"plates": [json_object(record) for record in records]}


def _require_store(service: Service) -> Store:
    if (store := service.journal.store) is None:
        raise HTTPException(503, f"the log cannot be read now: {service.journal.status.message}")
    return store


def _visit(record: Record) -> dict[str, Any]:
    return {"id": record.id, **json_object(record)}


def _entry(entry: WatchEntry) -> dict[str, Any]:
    return {
        "plate": entry.plate,
        "list": entry.list_name,
        "note": entry.note,
        "tolerance": entry.tolerance,
        "look_alikes": entry.look_alikes,
        "hours": entry.hours,
    }


def _aware(time: datetime | None) -> datetime | None:
    """A time without an offset is of the machine's clock."""
    return time.astimezone() if time is not None else None


def _cursor(text: str) -> search.Cursor | None:
    first_us, _, visit_id = text.rpartition("-")
    if not text:
        return None
    if not (first_us.removeprefix("-").isdecimal() and visit_id.isdecimal()):
        raise HTTPException(422, "after: give the `next` of the page before")
    return search.Cursor(int(first_us), int(visit_id))
