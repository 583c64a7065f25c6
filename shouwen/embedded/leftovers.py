"""Servers that outlived the process that started them."""

from pathlib import Path

import psutil

_GRACE_SECONDS = 10.0


def stop_leftovers(directory: Path, program: str) -> None:
    """Stop every *program* that still works in *directory*.

    Known by its working directory, not by a pid file: a pid is soon somebody else's, a working directory is
    not. The caller holds the lock on the directory, so whatever works there has lost its parent.

    Args:
        directory: The working directory the server was given.
        program: Start of the process name, as ``postgres``.
    """
    found = [process for process in psutil.process_iter(["name", "cwd"]) if _is(process, directory, program)]
    for process in found:
        _terminate(process)
    _, stubborn = psutil.wait_procs(found, timeout=_GRACE_SECONDS)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=_GRACE_SECONDS)


def _is(process: psutil.Process, directory: Path, program: str) -> bool:
    where = process.info["cwd"]
    return where is not None and process.info["name"].startswith(program) and Path(where) == directory.resolve()


def _terminate(process: psutil.Process) -> None:
    try:
        process.terminate()
    except psutil.NoSuchProcess:
        return
