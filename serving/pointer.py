"""The pointer to the current bundle: followed without a dropped request."""

import logging
import threading
from functools import cache
from pathlib import Path

from serving.deployment import Deployment
from serving.settings import Settings
from sqrec import bundle as bundles
from sqrec.errors import SqrecError

_SECONDS = 2.0
_log = logging.getLogger("sqrec.serving")


class Pointer:
    """Hold the deployment that answers, and swap it as a whole when the pointer names another bundle."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.deployment = Deployment.load(settings)
        self.ready = True
        self._refused: Path | None = None

    def watch(self) -> None:
        """Look at the pointer every two seconds; a named bundle (`SQREC_BUNDLE`) is never swapped."""
        if self.settings.bundle is None:
            threading.Thread(target=self._watch, name="pointer", daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(_SECONDS):
            self.follow()

    def follow(self) -> bool:
        """Load the bundle that the pointer names, if it is another one, and tell whether it was swapped in.

        A bundle that cannot be used is refused, told once, and changes nothing.
        """
        folder: Path | None = None
        try:
            folder = bundles.current(self.settings.bundles)
            if folder in {self.deployment.folder, self._refused}:
                return False
            self.deployment = Deployment.load(self.settings)
        except SqrecError as problem:
            self._refused = folder
            _log.error("The bundle now pointed to is not used: %s", problem)
            return False
        _log.info("Now serving bundle %s", self.deployment.bundle.name)
        return True


@cache
def pointer() -> Pointer:
    """Return this process's pointer, loaded at the first call."""
    return Pointer(Settings.from_environment())
