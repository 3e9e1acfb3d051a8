"""The web application: who may ask what, and nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from livechat_plugin.web.metrics import PrometheusMeter
from livechat_plugin.web.transactions import Transactions

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""Tells what is missing to work, by part; empty when everything is there."""


def create_application(
    transactions: Transactions,
    meter: PrometheusMeter,
    readiness: Readiness,
    waiting: Callable[[], int],
    running: Callable[[], AbstractAsyncContextManager[None]],
) -> FastAPI:
    """The application, as uvicorn runs it.

    Args:
        transactions: the homeserver's endpoints.
        meter: the numbers for `/metrics`.
        readiness: asked by `/ready`.
        waiting: how many deliveries are in memory, asked by `/metrics`.
        running: everything that works beside the web server, from its start to its end.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield

    application = FastAPI(
        title="Live chat", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    application.router.routes.extend(transactions.routes())

    @application.get("/health")
    async def health() -> JSONResponse:
        """Public: whether the process lives."""
        return JSONResponse({"status": "ok"})

    @application.get("/ready")
    async def ready() -> JSONResponse:
        """Public: whether everything needed for work is there; 503 and what is missing otherwise."""
        missing = await readiness()
        if missing:
            return JSONResponse({"status": "not ready", "missing": missing}, status_code=503)
        return JSONResponse({"status": "ready"})

    @application.get("/metrics")
    async def metrics() -> Response:
        """Public on the address we listen on: numbers only, no names and no texts."""
        meter.waiting.set(waiting())
        return Response(meter.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return application
