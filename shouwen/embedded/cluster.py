"""The files of a new database cluster."""

import shutil
import subprocess
from pathlib import Path

from shouwen.embedded.account import Account
from shouwen.embedded.refusal import did_not_start

_STORAGE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def create_cluster(cluster: Path, programs: Path, account: Account, *, database: str, log: Path) -> None:
    """Make *cluster* with one superuser and one database, both named *database*; nothing if it exists.

    It is made beside its place and renamed at the end, so an interrupted first start leaves no half cluster.
    Sorting and upper case follow Unicode on every machine (PostgreSQL's own C.UTF-8).

    Raises:
        StartRefused: ``initdb`` failed; what it wrote is in *log*.
    """
    if cluster.exists():
        return
    draft = cluster.with_name(f"{cluster.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    account.own(draft)

    initdb = [str(programs / "initdb"), "-D", str(draft), "-U", database, "--auth=trust", *_STORAGE]
    _run([*initdb, "--no-instructions"], "", draft, account, log)
    single = [str(programs / "postgres"), "--single", "-D", str(draft), "postgres"]
    _run(single, f"create database {database}\n", draft, account, log)
    draft.rename(cluster)


def _run(command: list[str], text: str, where: Path, account: Account, log: Path) -> None:
    plain = account.switch and not account.prefix
    done = subprocess.run(
        [*account.prefix, *command],
        cwd=where,
        input=text.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=account.uid if plain else None,
        group=account.gid if plain else None,
        extra_groups=[] if plain else None,
        check=False,
    )
    if done.returncode != 0:
        log.write_bytes(done.stdout)
        raise did_not_start("PostgreSQL", log)
