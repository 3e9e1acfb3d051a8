"""An application that shows every component of the pages, and answers their scripts as the console does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from livechat_plugin.core.apps import Field, FieldType
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.session_board import Counters
from livechat_plugin.services.standing import Standing
from livechat_plugin.web.console.headers import SafeHeaders
from livechat_plugin.web.console.proofs import unmasked
from livechat_plugin.web.console.rendering import template_environment
from livechat_plugin.web.console.visitor import Visitor
from livechat_plugin.web.static_files import PATH, shipped_assets

PROOF, FRESH = "aa" * 32, "bb" * 32

VALUES = {
    FieldType.STRING: ("Carla Diaz", None),
    FieldType.TEXT: ("Two\nlines", None),
    FieldType.NUMBER: ("1 234.50", None),
    FieldType.DATE: ("2026-12-24", None),
    FieldType.DATETIME: ("2026-12-24 18:00", None),
    FieldType.BOOLEAN: ("yes", None),
    FieldType.CHOICE: ("Gold", None),
    FieldType.EMAIL: ("carla@", "'carla@' is no e-mail address: something is missing after the @."),
    FieldType.PHONE: ("+49 30 901820", None),
    FieldType.LINK: ("https://example.org", None),
    FieldType.FILE: ("mxc://example.org/abc", None),
    FieldType.USER: ("@anna:example.org", None),
    FieldType.ACCOUNT: ("", None),
    FieldType.REFERENCE: ("12", None),
}


def style_guide(chats: tuple[LiveChat, ...]) -> Starlette:
    """The application; `/` is the page."""
    # What else the layout asks for does not matter here.
    environment = template_environment(shipped_assets()).overlay(undefined=ChainableUndefined)
    loader = environment.loader
    assert loader is not None
    environment.loader = ChoiceLoader([loader, FileSystemLoader(Path(__file__).parent)])
    signed_out = False

    async def page(request: Request) -> Response:
        fields = [
            (
                Field(
                    key.value,
                    key.value.capitalize(),
                    key,
                    is_required=key is FieldType.STRING,
                    choices=("Gold", "Silver"),
                    help="What it is for.",
                ),
                *value,
            )
            for key, value in VALUES.items()
        ]
        shown = environment.get_template("style_guide.html").render(
            root="/console",
            path="/console/sessions/queue",
            live_mark="x.1",
            now=datetime.now(UTC) - timedelta(minutes=5),
            visitor=Visitor("@anna.with.a.long.name:matrix.example.org", FRESH if signed_out else PROOF),
            standing=Standing(
                "@anna:example.org", is_administrator=True, operator_of=chats, supervisor_of=chats
            ),
            counters=Counters(waiting=3, served=2, unread=12),
            counter_topics=["live_chat:1"],
            flash=request.query_params.get("flash"),
            fields=fields,
            options=[("@anna:example.org", "Anna"), ("12", "Acme Ltd.")],
        )
        return HTMLResponse(shown)

    async def refused(request: Request) -> Response:
        """As a console where the cookie has ended, until somebody signs in."""
        nonlocal signed_out
        if unmasked(request.headers.get("x-csrf-token", "")) == PROOF:
            signed_out = True
            return PlainTextResponse("You are signed out.", 401)
        return HTMLResponse('<p role="alert" class="refusal">Boris is offline.</p>', 409)

    routes = [
        Route("/console/", page),
        Route("/refused", refused, methods=["POST"]),
        Mount(PATH, shipped_assets().application()),
    ]
    application = Starlette(routes=routes)
    application.add_middleware(SafeHeaders)
    return application


@asynccontextmanager
async def served(application: Starlette) -> AsyncIterator[str]:
    """Its address, for as long as it runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  # it offers nothing else to wait for
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await running
