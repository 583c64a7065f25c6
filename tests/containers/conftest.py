"""Docker where it answers; where it does not, every test here is skipped and says why."""

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.containers import Broker, running_broker
from tests.support.servers import temporary_directory

os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"  # its image would come from a registry
ROOT = Path(__file__).parents[2]
FROM_NOTHING = """\
FROM scratch
COPY nats-server /nats-server
VOLUME /data
ENTRYPOINT ["/nats-server"]
"""


@pytest.fixture(scope="session")
def docker() -> None:
    """Skips what needs Docker where nobody answers for it."""
    program = shutil.which("docker")
    if program is None:
        pytest.skip("no Docker on this machine: the program docker is not installed")
    asked = subprocess.run(
        [program, "version", "--format", "{{.Server.Version}}"], check=False, capture_output=True, text=True
    )
    if asked.returncode != 0:
        pytest.skip(f"Docker does not answer: {asked.stderr.strip() or asked.returncode}")


@pytest.fixture(scope="session")
def nats_image(docker: None) -> str:
    """An image of nothing but the broker's program, the one of the wheel."""
    with temporary_directory() as context:
        shutil.copy(Path(sysconfig.get_path("scripts")) / "nats-server", context)
        (context / "Dockerfile").write_text(FROM_NOTHING, "ascii")
        subprocess.run(["docker", "build", "--quiet", "-t", "shouwen-nats", str(context)], check=True)
    return "shouwen-nats"


@pytest.fixture
def broker(nats_image: str) -> Iterator[Broker]:
    """A broker in a container, configured as an installation's is, with a volume of its own."""
    with running_broker(nats_image, ROOT / "deploy" / "nats.conf") as broker:
        yield broker


@pytest.fixture(scope="session")
def product_image(docker: None) -> str:
    """The product's own image, built as an installation builds it."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("the product's image needs root and debootstrap to be built")
    done = subprocess.run(
        [str(ROOT / "deploy" / "build-image"), "shouwen-tested"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return "shouwen-tested"
