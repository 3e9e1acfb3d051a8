"""A session's conversation as a file, for supervisors and administrators."""

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from livechat_plugin.services.exporting.writing import WRITERS
from livechat_plugin.web.console.rendering import DeskOf
from livechat_plugin.web.console.visitor import SignedIn

_TYPES = {"html": "text/html", "json": "application/json"}

router = APIRouter()


@router.get("/sessions/{number:int}/export")
async def export(
    visitor: SignedIn,
    desk: DeskOf,
    number: int,
    form: str = "html",
    internal: bool = False,  # noqa: FBT001, FBT002
) -> Response:
    """Written as it is read, however long it is; files are not in it."""
    exported = await desk.exporting.export(visitor.user_id, str(number), form, is_internal=internal)
    return StreamingResponse(
        WRITERS[form](desk.exporting, exported),
        media_type=f"{_TYPES[form]}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="session-{number}.{form}"'},
    )
