"""Files in the homeserver's media repository: under which names they were uploaded, and copies under others."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from http import HTTPStatus
from time import monotonic
from urllib.parse import urlencode

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.services.ports import FileDetails, OpenFile

DOWNLOAD = "/_matrix/client/v1/media/download"
THUMBNAIL = "/_matrix/client/v1/media/thumbnail"
MEDIA_CONFIG = "/_matrix/client/v1/media/config"
UPLOAD = "/_matrix/media/v3/upload"
UNKNOWN = "application/octet-stream"
PIECE = 65_536
FETCHED_WITHIN = 20_000
"""Milliseconds that our homeserver waits for another one."""

LIMIT_KNOWN_FOR = 600.0
"""Seconds."""

_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]+")


class Files:
    """The part of `MatrixHomeserver` that handles files.

    Args:
        client: the open HTTP client.
        naming: tells our homeserver from others.
    """

    def __init__(self, client: AppserviceClient, naming: Naming) -> None:
        self._client = client
        self._naming = naming
        self._limit: int | None = None
        self._limit_asked = -LIMIT_KNOWN_FOR

    async def file_details(self, url: str, as_user: str) -> FileDetails | None:
        """What everybody learns who loads it; see the port."""
        path = self._path(url)
        if path is None:
            return None
        try:
            async with self._client.file("HEAD", f"{path}?{urlencode({'user_id': as_user})}") as answer:
                told = answer.headers
        except HomeserverRefused:
            return None  # there is no such file, so nobody is told anything
        kind = told.get("Content-Type", UNKNOWN).partition(";")[0].strip().lower()
        name = file_name(told.get("Content-Disposition", ""))
        return FileDetails(name, kind, int(told.get("Content-Length", "0")))

    async def load_file(self, url: str, as_user: str) -> bytes:
        """All its bytes."""
        path = self._path(url)
        if path is None:
            raise _no_address()
        target = f"{path}?{urlencode({'user_id': as_user})}"
        async with self._client.file("GET", target) as file:
            return await file.read()

    @asynccontextmanager
    async def open_file(
        self, url: str, as_user: str, thumbnail: int | None = None
    ) -> AsyncIterator[OpenFile]:
        """Piece by piece, also from another homeserver, whose files ours fetches; see the port."""
        where = place_of(url)
        if where is None:
            raise _no_address()
        query = {"user_id": as_user, "timeout_ms": str(FETCHED_WITHIN)}
        if thumbnail is not None:
            side = str(thumbnail)
            query |= {"width": side, "height": side, "method": "scale", "animated": "false"}
        path = f"{path_of(*where, api=DOWNLOAD if thumbnail is None else THUMBNAIL)}?{urlencode(query)}"
        async with self._client.file("GET", path) as file:
            kind = file.headers.get("Content-Type", UNKNOWN)
            yield OpenFile(kind, file.content_length, file.content.iter_chunked(PIECE))

    async def largest_upload(self) -> int | None:
        """Asked once in a while."""
        now = monotonic()
        if now - self._limit_asked >= LIMIT_KNOWN_FOR:
            told = await self._client.call("GET", MEDIA_CONFIG)
            size = told.get("m.upload.size")
            self._limit = size if isinstance(size, int) else None
            self._limit_asked = now
        return self._limit

    async def upload_file(self, as_user: str, data: bytes, details: FileDetails) -> str:
        """Upload it; returns its address."""
        query = {"user_id": as_user, **({"filename": details.name} if details.name else {})}
        headers = {"Content-Type": details.kind}
        target = f"{UPLOAD}?{urlencode(query)}"
        async with self._client.file("POST", target, data=data, headers=headers) as uploaded:
            return str((await uploaded.json())["content_uri"])

    async def copy_file(self, url: str, as_user: str, name: str) -> str:
        """Upload it anew under another name, piece by piece; see the port."""
        path = self._path(url)
        if path is None:
            return url
        query = urlencode({"user_id": as_user, "filename": name})
        async with self._client.file("GET", f"{path}?{urlencode({'user_id': as_user})}") as file:
            headers = {
                "Content-Type": file.headers.get("Content-Type", UNKNOWN),
                # Synapse takes no upload whose length it does not know.
                "Content-Length": file.headers.get("Content-Length", "0"),
            }
            async with self._client.file(
                "POST", f"{UPLOAD}?{query}", data=file.content, headers=headers
            ) as uploaded:
                return str((await uploaded.json())["content_uri"])

    def _path(self, url: str) -> str | None:
        """Where the file is loaded from; None for those of other homeservers, to which no user of ours uploads."""
        where = place_of(url)
        return path_of(*where, api=DOWNLOAD) if where and where[0] == self._naming.server_name else None


def place_of(url: str) -> tuple[str, str] | None:
    """Server and media id of an `mxc://` address; None for what is no such address, as with dots that lead elsewhere."""
    server, slash, media_id = url.removeprefix("mxc://").partition("/")
    if (
        not url.startswith("mxc://")
        or not slash
        or server in {"", ".", ".."}
        or not _MEDIA_ID.fullmatch(media_id)
    ):
        return None
    return server, media_id


def _no_address() -> HomeserverRefused:
    return HomeserverRefused("M_NOT_FOUND", "this is no address of a file", HTTPStatus.NOT_FOUND)


def file_name(disposition: str) -> str | None:
    """The file's name in a Content-Disposition header (RFC 6266), in either of its two spellings."""
    header = Message()
    header["Content-Disposition"] = disposition
    return header.get_filename()
