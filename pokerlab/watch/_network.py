"""Network folders: where the operating system tells nobody of changes that another machine makes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_OCTAL = re.compile(r"\\([0-7]{3})")

_NAMES = """
    9p afpfs afs beegfs ceph cifs coda drvfs fuse.glusterfs fuse.grpcfuse fuse.osxfs fuse.rclone fuse.s3fs fuse.sshfs
    fuse.vmhgfs-fuse glusterfs gpfs lustre ncpfs nfs nfs4 prl_fs smb3 smbfs vboxsf virtiofs vmhgfs
"""
SILENT = frozenset(_NAMES.split())
"""File systems of other machines, of a virtual machine's host, and of Windows as WSL shows it under ``/mnt``."""


def network_of(folder: Path, mounts: str | None = None) -> str | None:
    r"""Name the file system of a folder whose changes have to be looked for; None where they are told.

    Parameters
    ----------
    folder
        The folder.
    mounts
        The text of ``/proc/self/mounts``; that of this machine unless given. Where there is none, as on macOS, no
        folder is known to be on a network; on Windows those are whose path begins with two backslashes.

    Examples
    --------
    >>> network_of(Path("/nas/history"), "/dev/sda1 / ext4 rw 0 0\nserver:/hands /nas nfs4 rw 0 0\n")
    'nfs4'
    """
    if sys.platform == "win32":
        return "a network share" if str(folder).startswith("\\\\") else None
    place = folder.resolve() if mounts is None else folder
    kind, depth = "", -1
    for line in (_mounts() if mounts is None else mounts).splitlines():
        _, root, found, *_ = [*line.split(" "), "", "", ""]
        at = Path(_OCTAL.sub(lambda code: chr(int(code[1], 8)), root))
        # Of several that are mounted at one place the last one is seen.
        if root and place.is_relative_to(at) and len(at.parts) >= depth:
            kind, depth = found, len(at.parts)
    return kind if kind in SILENT else None


def _mounts() -> str:
    try:
        return _MOUNTS.read_text(errors="replace")
    except OSError:
        return ""
