"""Signing in to the panel: the client's OpenID token for a bearer of ours."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from livechat_plugin.core.errors import HomeserverUnavailable, Refused
from livechat_plugin.services.panel_access import PanelAccess
from livechat_plugin.web.console.limiting import Limited
from livechat_plugin.web.console.refusals import status_of
from livechat_plugin.web.panel.bearers import GOOD_FOR, Bearers

Word = Annotated[str, StringConstraints(min_length=1, max_length=1000, strict=True)]

router = APIRouter()


class Credentials(BaseModel):
    """What the client got from its homeserver, as far as we look at it, and the room in which it shows the panel."""

    access_token: Word
    matrix_server_name: Word
    room: Word


@router.post("/sign-in", dependencies=[Limited])
async def sign_in(request: Request, credentials: Credentials) -> Response:
    """A bearer for whoever the token was made for; 403 with the reason for everybody else."""
    access: PanelAccess = request.app.state.access
    bearers: Bearers = request.app.state.visitors
    try:
        user_id, conversation_id = await access.sign_in(
            credentials.access_token, credentials.matrix_server_name, credentials.room
        )
    except Refused as error:
        status = status_of(error)
        return JSONResponse({"error": str(error)}, 403 if status == 409 else status)
    except HomeserverUnavailable:
        return JSONResponse({"error": "The homeserver does not answer. Try again in a moment."}, 503)
    bearer = bearers.make(user_id, conversation_id)
    return JSONResponse({"bearer": bearer, "seconds": int(GOOD_FOR.total_seconds())})
