"""The media repository of the fake homeserver."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livechat_plugin.services.ports import FileDetails, OpenFile
from tests.fakes.faults import Faults, refusal
from tests.fakes.world import World


class FakeFiles(World):
    """The part of the fake homeserver that keeps files."""

    faults: Faults
    largest: int | None = 50_000_000

    async def file_details(self, url: str, as_user: str) -> FileDetails | None:
        await self.faults.meet(as_user)
        return self.files[url][0] if url in self.files else None

    async def load_file(self, url: str, as_user: str) -> bytes:
        await self.faults.meet(as_user)
        if url not in self.files:
            raise refusal("M_NOT_FOUND")
        return self.files[url][1]

    @asynccontextmanager
    async def open_file(
        self, url: str, as_user: str, thumbnail: int | None = None
    ) -> AsyncIterator[OpenFile]:
        await self.faults.meet(as_user)
        if url not in self.files:
            raise refusal("M_NOT_FOUND")
        details, data = self.files[url]
        if thumbnail is not None:
            if not details.kind.startswith("image/"):
                raise refusal("M_UNKNOWN")
            data = b"small " + data
        yield OpenFile(details.kind, len(data), _pieces(data))

    async def largest_upload(self) -> int | None:
        return self.largest

    async def upload_file(self, as_user: str, data: bytes, details: FileDetails) -> str:
        await self.faults.meet(as_user)
        return self.upload(details.name, data, details.kind, by=as_user)

    async def copy_file(self, url: str, as_user: str, name: str) -> str:
        details, data = self.files[url]
        await self.faults.meet(as_user)
        return self.upload(name, data, details.kind, by=as_user)


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(data), 1000):
        yield data[begin : begin + 1000]
