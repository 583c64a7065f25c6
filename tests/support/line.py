"""A line between a service and its server that a test can slow down, cut, or let fall silent.

Silent is not closed: a socket filter drops every packet before the kernel sees it, so nothing is acknowledged, on lines
that stand and for new ones alike. That is what a pulled cable or a firewall leaves behind. Lines that stood when the
silence began stay dead after it, as if forgotten on the way.
"""

import asyncio
import contextlib
import ctypes
import socket
import struct
from collections.abc import AsyncIterator

ATTACH_FILTER, DETACH_FILTER = 26, 27
DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)  # BPF: return 0 bytes


class Line:
    """Listens on a port of its own and passes on what comes to a server and back.

    Attributes:
        delay: Seconds every piece of a conversation takes on its way, each direction.
        port: Where to connect instead.
        taken: Connections made so far.
    """

    def __init__(self, server_port: int) -> None:
        """A line to *server_port* on this machine; :meth:`opened` opens it."""
        self.delay, self.port, self.taken = 0.0, 0, 0
        self._server_port = server_port
        self._silent = False
        self._ends: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["Line"]:
        """Pass on until the block ends."""
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._listener.close()
            ends = tuple(self._ends)
            self.cut()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, *(end.wait_closed() for end in ends), return_exceptions=True)

    def silence(self) -> None:
        """From now on not a packet gets through, in either direction."""
        self._silent = True
        standing = (end.get_extra_info("socket") for end in self._ends if not end.transport.is_closing())
        for sock in (*self._listening(), *standing):
            _drop_packets(sock)

    def speak(self) -> None:
        """Let new connections through again."""
        self._silent = False
        for sock in self._listening():
            sock.setsockopt(socket.SOL_SOCKET, DETACH_FILTER, 0)

    def cut(self) -> None:
        """Close every connection there is, for both sides to see."""
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    def _listening(self) -> tuple[socket.socket, ...]:
        assert self._listener is not None
        return tuple(self._listener.sockets)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            return
        self._ends += [writer, back]
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pass_on(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self._silent:
                    return
                sink.write(piece)
                await sink.drain()
        if not self._silent:
            sink.transport.abort()


def _drop_packets(sock: socket.socket) -> None:
    program = ctypes.create_string_buffer(DROP_ALL)
    sock.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program)))
