"""What has to be done once before services can run: streams declared, schemas brought up to date."""

from collections.abc import Sequence

from shared.process.belonging import agreed, bind_database, side_of_database, side_of_log
from shared.process.provisioning import provision, read_plan
from shared.process.service import Surroundings
from shared.process.settings import RuntimeSettings
from shared.schema.migrating import migrate
from shared.schema.revisions import head_of
from shouwen.hosting import connected, revision
from shouwen.places import SERVICES, migrations_of, streams_file


async def prepare(
    settings: RuntimeSettings, around: Surroundings, services: Sequence[str] = SERVICES, *, adopt: bool = False
) -> list[str]:
    """Provision streams and bring every schema up to date; nothing is changed when something stands in the way.

    Args:
        settings: Where the servers are.
        around: Whose database it is.
        services: Whose schemas.
        adopt: Log and database belong together although they do not say so.

    Returns:
        What was done, a line each.

    Raises:
        NotReady: A schema is ahead of this release.
        CannotStart: Log and database belong to different systems, or the broker is away or refuses.
    """
    for service in services:
        await revision(around, service)
    async with connected(settings) as nc:
        log, database = await side_of_log(nc), await side_of_database(around.db)
        system = agreed(log, database, new=around.ids.message(), adopt=adopt)
        # The database first: a crash between the two leaves a log without an id, which is taken for ours again.
        if database.id != system:
            await bind_database(around.db, system)
        done = await provision(nc, read_plan(streams_file()), system=system)
    for service in services:
        applied = await bring_up_to_date(around, service)
        done.append(f"{service}: {', '.join(applied) or 'up to date'}")
    return done


async def bring_up_to_date(around: Surroundings, service: str) -> Sequence[str]:
    """Migrate one schema when it is behind.

    Raises:
        NotReady: It is ahead.
    """
    folder = migrations_of(service)
    if await revision(around, service) == head_of(folder):
        return ()
    return await migrate(around.db, service, folder)
