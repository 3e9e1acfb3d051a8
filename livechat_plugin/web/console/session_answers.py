"""Writing on the session's page: answers with files, notes, and what is made of them later."""

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.answers import Draft, Upload
from livechat_plugin.web.console.answering import done
from livechat_plugin.web.console.media_types import safe_file_name
from livechat_plugin.web.console.rendering import DeskOf, PagesOf
from livechat_plugin.web.console.visitor import SignedIn

router = APIRouter()


@router.post("/sessions/{number:int}/answer")
async def answer(request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int) -> Response:
    """Send what was written, and what is attached; or leave it as a note."""
    async with request.form(max_files=20, max_fields=20) as form:
        files = [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename]
        draft = Draft(
            _text(form.get("token")),
            _text(form.get("words")),
            [_upload(file) for file in files],
            is_note=form.get("kind") == "note",
        )
        await desk.answers.send(visitor.user_id, number, draft)
    return done(request, pages, f"/sessions/{number}", None, answered=number)


@router.get("/sessions/{number:int}/messages/{message_id:int}/edit")
async def edit_form(
    request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int, message_id: int
) -> Response:
    """The words of a message, to be changed."""
    async with desk.store.read() as work:
        message = await desk.session_pages.look_at_message(work, visitor.user_id, message_id)
    if not isinstance(message.content, Text):
        raise Refused("This was taken back, or holds no words that could be edited.")
    return await pages.page(
        request,
        visitor,
        "sessions/edit_message.html",
        number=number,
        message=message,
        words=message.content.body,
    )


@router.post("/sessions/{number:int}/messages/{message_id:int}/edit")
async def edit(
    request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int, message_id: int
) -> Response:
    """Change a message of one's own."""
    form = await request.form()
    await desk.answers.edit(visitor.user_id, message_id, _text(form.get("words")))
    return done(request, pages, f"/sessions/{number}")


@router.get("/sessions/{number:int}/messages/{message_id:int}/delete")
async def delete_form(
    request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int, message_id: int
) -> Response:
    """Whether a message is really to be taken back."""
    async with desk.store.read() as work:
        message = await desk.session_pages.look_at_message(work, visitor.user_id, message_id)
    return await pages.page(request, visitor, "sessions/delete_message.html", number=number, message=message)


@router.post("/sessions/{number:int}/messages/{message_id:int}/delete")
async def delete(
    request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int, message_id: int
) -> Response:
    """Take back a message of one's own."""
    told = await desk.answers.take_back(visitor.user_id, message_id)
    return done(request, pages, f"/sessions/{number}", told)


def _upload(file: UploadFile) -> Upload:
    return Upload(safe_file_name(file.filename or ""), file.content_type or "", file.size or 0, file.read)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
