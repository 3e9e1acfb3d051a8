"""The web application: who may ask what, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.requests import Request
from starlette.types import ASGIApp

from livechat_plugin.web.metrics import PrometheusMeter
from livechat_plugin.web.transactions import Transactions

Readiness = Callable[[], Coroutine[Any, Any, dict[str, str]]]
"""Tells what is missing to work, by part, in words for everybody; empty when everything is there."""

FRESH_FOR = 1.0
"""Seconds for which an answer about readiness counts."""


class SharedReadiness:
    """Asks once for all who want to know within a second: `/ready` is public, and asking costs others some work."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self._asking: asyncio.Task[dict[str, str]] | None = None
        self._asked_at = 0.0

    async def __call__(self) -> dict[str, str]:
        """What is missing."""
        now = asyncio.get_running_loop().time()
        asking = self._asking
        if asking is None or (asking.done() and now - self._asked_at >= FRESH_FOR):
            asking = self._asking = asyncio.create_task(self._readiness())
            asking.add_done_callback(self._answered)
        return await asyncio.shield(asking)

    def _answered(self, asking: "asyncio.Task[dict[str, str]]") -> None:
        self._asked_at = asking.get_loop().time()
        if asking.cancelled() or asking.exception() is not None:
            self._asking = None


def create_application(
    transactions: Transactions,
    meter: PrometheusMeter,
    readiness: Readiness,
    waiting: Callable[[], int],
    running: Callable[[], AbstractAsyncContextManager[None]],
    remarks: Callable[[], dict[str, str]] = dict,
    *,
    share: Callable[[], dict[str, Any]] = dict,
    mounted: Mapping[str, ASGIApp] | None = None,
) -> FastAPI:
    """The application, as uvicorn runs it.

    Args:
        transactions: the homeserver's endpoints.
        meter: the numbers for `/metrics`.
        readiness: asked by `/ready`.
        waiting: how many deliveries are in memory, asked by `/metrics`.
        running: everything that works beside the web server, from its start to its end.
        remarks: what `/ready` tells though nothing is missing.
        share: what part of the work this replica has; empty where there is one process.
        mounted: the applications for people, by their paths.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield

    shared_readiness = SharedReadiness(readiness)
    application = FastAPI(
        title="Live chat",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,  # that would name whatever host the request called us
    )
    application.router.routes.extend(transactions.routes())

    def replica() -> dict[str, Any]:
        part = share()
        return {"replica": part} if part else {}

    @application.get("/health")
    async def health() -> JSONResponse:
        """Public: whether the process lives."""
        return JSONResponse({"status": "ok", **replica()})

    @application.get("/ready")
    async def ready() -> JSONResponse:
        """Public: whether everything needed for work is there; 503 and what is missing otherwise."""
        missing = await shared_readiness()
        if missing:
            return JSONResponse({"status": "not ready", "missing": missing, **replica()}, status_code=503)
        told = remarks()
        return JSONResponse({"status": "ready", **({"remarks": told} if told else {}), **replica()})

    @application.get("/metrics")
    async def metrics() -> Response:
        """Public on the address we listen on: numbers only, no names and no texts."""
        meter.waiting.set(waiting())
        return Response(meter.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    for path, part in (mounted or {}).items():
        application.add_route(path, _goes_to(f"{path}/"), include_in_schema=False)
        application.mount(path, part)
    return application


def _goes_to(path: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def go(_: Request) -> Response:
        return RedirectResponse(path)

    return go
