"""The media repository of the fake homeserver: under which names files were uploaded."""

from tests.fakes.faults import Faults
from tests.fakes.world import World


class FakeFiles(World):
    """The part of the fake homeserver that keeps files."""

    faults: Faults

    async def upload_name(self, url: str, as_user: str) -> str | None:
        await self.faults.meet(as_user)
        return self.files.get(url)

    async def copy_file(self, url: str, as_user: str, name: str) -> str:
        await self.faults.meet(as_user)
        return self.upload(name)
