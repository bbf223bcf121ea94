"""What `deskline doctor` looks at: one small check each, with what to mend."""

from __future__ import annotations

from collections.abc import AsyncIterator

from workstation.checkup import doors, house, pbx
from workstation.checkup.finding import Finding
from workstation.checkup.recorded import recordings
from workstation.settings import Settings


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every check, one after the other; none of them changes anything that lasts."""
    yield house.data_folder(settings)
    yield house.secret_file(settings)
    yield house.plan(settings)
    for name in (one.name for one in settings.asterisks):
        yield recordings(settings, name)
    async for finding in house.database(settings):
        yield finding
    async for finding in house.sources(settings):
        yield finding
    async for finding in pbx.asterisks(settings):
        yield finding
    async for finding in doors.ports(settings):
        yield finding
    yield doors.prompts(settings)
    yield doors.voices()
