"""What people pickers suggest; without scripts, names are written with commas between them."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from livechat_plugin.web.console.rendering import DeskOf
from livechat_plugin.web.console.visitor import SignedIn

LONGEST = 100

router = APIRouter()


@router.get("/people")
async def people(visitor: SignedIn, desk: DeskOf, q: str = "", everybody: str = "") -> Response:
    """Groups and employees, for administrators."""
    search = desk.administering.people_search
    async with desk.store.read() as work:
        found = await search.find(work, visitor.user_id, q[:LONGEST], with_everybody=bool(everybody))
    return JSONResponse([{"name": one.name, "kind": one.kind} for one in found])
