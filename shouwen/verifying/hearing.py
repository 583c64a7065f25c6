"""Who hears whom, from the one declaration of durables."""

from shared.process.provisioning import read_plan
from shouwen.places import streams_file
from shouwen.verifying.comparing import Hears


def who_hears() -> Hears:
    """Speakers by hearer."""
    durables = read_plan(streams_file()).durables
    return {
        name: tuple(subject.split(".")[1] for subject in durable.filter_subjects or ())
        for name, durable in durables.items()
    }
