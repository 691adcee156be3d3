"""The journal: every answer on disk before it is looked at, so that none is paid twice or lost.

One folder a source and model, one file an answer, named by a digest of the request that it answers. A file is
written aside, flushed to the disk and renamed, so that it is there whole or not at all, whenever the process dies.
A changed prompt, schema or setting is another request: it finds nothing, and nothing else is touched.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile


class Journal:
    """The answers that one source got from one model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, name: str, model: str, digests: Iterable[str]) -> Journal:
        """The journal of a source.

        Args:
            name: of the source, for a person who looks into the folder.
            model: who answers.
            digests: of all that is drafted from.
        """
        from platformdirs import user_cache_path

        home = os.environ.get("SPECDRAFT_CACHE_DIR")
        cache = Path(home) if home else user_cache_path("specdraft", appauthor=False)
        digest = hashlib.sha256("\0".join((model, *digests)).encode()).hexdigest()[:16]
        readable = re.sub(r"[^\w.-]+", "-", Path(name).stem)[:40].strip("-.") or "source"
        return cls(cache / "runs" / f"{readable}-{digest}")

    def recall(self, request: str) -> str | None:
        """The answer to that request, if there is one."""
        try:
            return self._at(request).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def keep(self, request: str, answer: str) -> None:
        """Write the answer down; when this returns, the loss of power does not lose it.

        Raises:
            OSError: it cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self.folder, suffix=".tmp", delete=False) as file:
            file.write(answer.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._at(request))
        if os.name == "posix":
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def forget(self, request: str) -> None:
        """Take the answer out: the section came to nothing, and is to be asked again next time."""
        self._at(request).unlink(missing_ok=True)

    def clear(self) -> None:
        """Take all answers out."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _at(self, request: str) -> Path:
        return self.folder / f"{request}.json"
