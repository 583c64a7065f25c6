"""Under which user a server runs that refuses to run as root."""

import os
import pwd
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shouwen.embedded.refusal import StartRefused

_CAPABILITY = "+dac_override"


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group a child process gets.

    Attributes:
        uid: User id.
        gid: Group id.
        prefix: A command that changes to them before the server, empty when the plain way will do.
        switch: Whether they differ from ours, so that files have to be handed over.
    """

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    switch: bool = False

    def own(self, *paths: Path) -> None:
        """Hand *paths* to this account; nothing to do when it is ours."""
        if self.switch:
            for path in paths:
                os.chown(path, self.uid, self.gid)


def account_for(cluster: Path, reads: Iterable[Path]) -> Account:
    """Choose who runs the server whose files are in *cluster*.

    Not root: ourselves. Root: whoever owns the cluster already, else ``nobody``.

    Args:
        cluster: The server's own directory; need not exist yet.
        reads: Further paths it has to reach, as its programs.

    Raises:
        StartRefused: The directory belongs to somebody else, or cannot be reached by the chosen user.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise _foreign(cluster)
        return Account(os.geteuid(), os.getegid())
    person = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    closed = [path for target in (cluster, *reads) for path in _closed_parents(target)]
    prefix = _through_closed_doors(person, closed) if closed else ()
    return Account(person.pw_uid, person.pw_gid, prefix, switch=True)


def _closed_parents(target: Path) -> list[Path]:
    parents = [path for path in target.resolve().parents if path.exists()]
    return [path for path in parents if not path.stat().st_mode & stat.S_IXOTH]


def _through_closed_doors(person: pwd.struct_passwd, closed: list[Path]) -> tuple[str, ...]:
    # Typical for a home directory of mode 700. CAP_DAC_OVERRIDE does far more than open those doors: the server can
    # read and write any file of this machine, and so can whoever reaches its socket, which is every process of the
    # user it runs as. Meant for a bare machine of one's own; elsewhere open the doors or start as an ordinary user.
    # Without no_setuid_fixup the kernel leaves it out when PostgreSQL asks access(2) about its programs.
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise _unreachable(person.pw_name, closed)
    return (
        setpriv,
        f"--reuid={person.pw_uid}",
        f"--regid={person.pw_gid}",
        "--clear-groups",
        f"--inh-caps={_CAPABILITY}",
        f"--ambient-caps={_CAPABILITY}",
        "--securebits=+no_setuid_fixup",
        "--",
    )


def _foreign(cluster: Path) -> StartRefused:
    return StartRefused(
        f"{cluster} 属于另一个用户。请以该用户启动，或换一个目录：make run DATA=…，或 --data …。",
        f"{cluster} belongs to another user. Start as that user, "
        "or choose another directory: make run DATA=..., or --data ....",
    )


def _unreachable(name: str, closed: list[Path]) -> StartRefused:
    doors = " ".join(str(path) for path in dict.fromkeys(closed))
    return StartRefused(
        f"PostgreSQL 不能以 root 运行，而用户 {name} 进不去 {doors}。请执行 chmod o+x {doors}，或以普通用户启动。",
        f"PostgreSQL does not run as root, and user {name} cannot pass through {doors}. "
        f"Run: chmod o+x {doors}, or start as an ordinary user.",
    )
