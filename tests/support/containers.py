"""Real containers for tests: a broker that can be restarted, and killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.container import DockerContainer

from shouwen.embedded.ports import LOOPBACK, any_free

TOKEN = "token-of-the-tests"
CONFIGURATION = "/nats.conf"
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker in a container; its address stays the same over restarts."""

    container: DockerContainer
    port: int

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://{TOKEN}@{LOOPBACK}:{self.port}"

    def restart(self) -> None:
        """``docker restart``: stopped in order, started again on the same volume."""
        self.container.get_wrapped_container().restart(timeout=PATIENCE)

    def kill(self) -> None:
        """``docker kill`` and ``docker start``: nobody was told."""
        self.container.get_wrapped_container().kill()
        self.container.get_wrapped_container().start()


@contextmanager
def running_broker(image: str, configuration: Path) -> Iterator[Broker]:
    """A broker in the machine's own network, on the loopback address; container and volume are gone afterwards.

    Docker's forwarding of ports would greet clients before the broker can.
    """
    port, monitoring = any_free(), any_free()
    command = ["--config", CONFIGURATION, "--addr", LOOPBACK, "--port", str(port), "--http_port", str(monitoring)]
    container = (
        DockerContainer(image)
        .with_command(command)
        .with_env("NATS_TOKEN", TOKEN)
        .with_volume_mapping(configuration, CONFIGURATION)
        .with_kwargs(network_mode="host")
    )
    with container:
        yield Broker(container, port)


def run_to_its_end(container: DockerContainer) -> str:
    """Start it, wait until it ends well, and return what it wrote to its output."""
    with container:
        ended = container.get_wrapped_container().wait(timeout=PATIENCE)
        assert ended["StatusCode"] == 0, output(container)
        return container.get_logs()[0].decode()


def output(container: DockerContainer) -> str:
    """Everything it wrote."""
    return b"".join(container.get_logs()).decode()
