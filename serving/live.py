"""The bundle and data that serve now, replaced without a failed request when the pointer or the store changes."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from serving.allowed import Decision
from serving.answer.respond import Answered, warm_up
from serving.assertions import Assertions
from serving.collector import Collector
from serving.deployment import Deployment
from serving.keyring import KeysHeld
from serving.limits.buckets import Buckets, Rate
from serving.limits.turns import Turns
from serving.log import RankingLog
from serving.modes import Mode, mode_of
from serving.origins import names_of, scheme_of
from serving.papers import admit
from serving.problems import UnavailableError, unexpected
from serving.ready import Keeping
from serving.settings import Settings
from serving.trail import AuditLog
from serving.writers import PATIENCE, Writers
from sqrec import bundle as bundles
from sqrec.access import NOBODY, Asker, pepper_of
from sqrec.cities import City
from sqrec.errors import SqrecError, StoreError
from sqrec.source import is_store
from sqrec.store import Store
from sqrec.store.retry import MOST_SECONDS

_log = logging.getLogger("sqrec.serving")
_PATIENCE = 10.0
_OLD_COUNTS = "Somebody was erased, and the counts cannot be made again without them now. Try again later."


class Live:
    """Hold the deployment that answers, and replace it as a whole by a newer bundle or state of the store.

    `ready` is False while the store cannot be reached: the loaded deployment goes on answering, but no `person_id` is found.
    `log` is None where a folder is served, `collector` None where Python's automatic garbage collection stays on. `names` are the
    hosts that are answered for, `keys` say who asks, `assertions` check the platform's sign-on (None: there is none). `buckets`
    say who asks too often, `turns` whose answer is computed; `writers` write for requests, which wait for a lock for seconds, while log
    and audit, written behind them, wait longer on connections of their own. `audit` gets every refusal and every use of
    a stored person; `trail` writes them (None: a folder is served, and nobody in it is stored). `scheme` is that of our own pages.
    `looked` is when it was last seen that nothing newer is there (seconds since 1970), `served_bundles` are the names of bundles that
    served here, `connections` counts open ones.
    Making one raises as `Deployment.load` and `admit` do, and leaves no store open then.
    """

    def __init__(self, settings: Settings, collector: Collector | None = None) -> None:
        with ExitStack() as undone:  # whatever refuses, nothing is left open
            self.settings = settings
            self.store, behind = (_opened(settings, PATIENCE), _opened(settings)) if is_store(settings.data) else (None, None)
            for one in filter(None, (self.store, behind)):
                undone.callback(one.close)
            self.deployment = Deployment.load(settings, self.store)
            admit(settings, synthetic=self.deployment.synthetic)
            self.collector = collector
            self.keys = KeysHeld(self.store, pepper_of(settings.pepper_file) if self.store else None)
            self.names, self.scheme, self.assertions = names_of(settings), scheme_of(settings), Assertions.of(settings)
            self.buckets, self.turns, self.writers = Buckets(self._rates()), Turns(), Writers()
            self.ready, self.looked = True, time.time()
            self.served_bundles = {self.deployment.bundle.name}
            self.connections: Callable[[], int] = _none_known
            self._refused: Path | None = None
            self._told: str | None = None
            self._closed, self._one_follows = threading.Event(), threading.Lock()
            self._one_obeys = asyncio.Lock()
            self._follower: threading.Thread | None = None
            warm_up(self.deployment)
            self.keeping = Keeping(self.store)
            self.log = RankingLog(behind, rows=settings.shown_rows, midnight=self.city.midnight) if behind else None
            if self.log:
                undone.callback(self.log.close)
            self.trail = AuditLog(behind) if behind else None
            self.audit: Callable[[Decision], None] = self.trail.put if self.trail else _not_kept
            self._behind = behind
            undone.pop_all()

    @property
    def mode(self) -> Mode:
        """The mode in which the data are served."""
        return mode_of(self.settings.data, self.settings.host, synthetic=self.deployment.synthetic)

    def _rates(self) -> Mapping[str, Rate]:
        """Return how often each kind of asker may ask; on loopback nobody in particular is this machine, and asks like a key."""
        told = self.settings.rates
        return told if self.mode == "production" else {**told, "nobody": told["key"]}

    @property
    def city(self) -> City:
        """The city that is served."""
        return self.deployment.recommender.city

    async def prove(self) -> None:
        """Return where a bundle is warmed up, the data can be reached, and what is written is kept.

        Raises UnavailableError or StoreError where not.
        """
        if not self.ready:
            raise UnavailableError("The data cannot be reached: the log says why.")
        await self.keeping.prove()

    def written(self, answer: Answered, who: Asker) -> bytes:
        """Queue the shown rows of an answer for the log, with the name of who may ask for residents, else `nobody`; return its body."""
        if self.log and answer.shown:
            writer = who.name if who.may("residents") else NOBODY.name
            self.log.put([{**row, "writer": writer} for row in answer.shown])
        return answer.body

    @property
    def follows(self) -> bool:
        """Whether something newer may come: not for a named bundle on a folder."""
        return self.settings.bundle is None or self.store is not None

    def served(self) -> None:
        """Count one answer for the garbage collector, if there is one."""
        if self.collector:
            self.collector.served()

    def close(self) -> None:
        """Stop following and looking for keys, write the queued rows of the log (ten seconds at most for each), the audit, and close the store."""
        self._closed.set()
        self.keys.close()
        if self._follower:
            self._follower.join(_PATIENCE)
        if self.log:
            self.log.close()
        if self.trail:
            self.trail.close()
        self.keeping.close()
        self.writers.close()
        for one in filter(None, (self.store, self._behind)):
            one.close()

    def watch(self) -> None:
        """Start a thread that calls `follow` every `pointer_seconds`; none for a named bundle on a folder, which never changes.

        The keys of a store are looked for in a thread of their own.
        """
        self.keys.watch()
        if self.follows:
            self._follower = threading.Thread(target=self._watch, name="live", daemon=True)
            self._follower.start()

    def _watch(self) -> None:
        while not self._closed.wait(self.settings.pointer_seconds):
            try:
                self.follow()
            except Exception as mistake:  # noqa: BLE001 (whoever stops looking serves old lists for ever)
                unexpected(mistake)

    async def obeying(self, deployment: Deployment, erasures: int) -> Deployment:
        """Return a deployment whose counts obey the erasures up to a change, as somebody's record was read with it: this one, or a newer one.

        The first request after an erasure has the counts made again, beside the event loop, and the others wait with it. Raises
        UnavailableError where that cannot be done now.
        """
        if erasures <= deployment.erasures:
            return deployment
        async with self._one_obeys:
            if erasures > self.deployment.erasures:
                await asyncio.to_thread(self.follow)
        if erasures > self.deployment.erasures:
            raise UnavailableError(_OLD_COUNTS)
        return self.deployment

    def follow(self) -> bool:
        """Load a newer bundle or state where there is one; return whether one was put in service. One thread does at a time.

        A bundle that cannot be used is logged once and not tried again; a store that cannot be reached is logged once and tried
        again. Neither changes what serves.
        """
        with self._one_follows:
            return self._follow()

    def _follow(self) -> bool:
        folder: Path | None = None
        try:
            folder = self.settings.bundle or bundles.current(self.settings.bundles)
            found = self._moved() if folder in {self.deployment.folder, self._refused} else self._loaded()
        except SqrecError as problem:
            self._tell(folder, problem)
            return False
        self.ready, self._told, self.looked = True, None, time.time()
        if found is None:
            return False
        warm_up(found)
        self.deployment = found
        self.served_bundles.add(found.bundle.name)
        state = found.state.change if found.state else None
        _log.info("Something newer serves now", extra={"fields": {"bundle": found.bundle.name, "change": state}})
        return True

    def _loaded(self) -> Deployment:
        found = Deployment.load(self.settings, self.store)
        self._refused = None
        return found

    def _moved(self) -> Deployment | None:
        """Return the same bundle on a newer state of the store; None where there is none."""
        now, state = self.deployment, self.deployment.state
        if self.store is None or state is None:
            return None
        midnight = now.recommender.city.midnight(time.time_ns() // 1000)
        if midnight != now.midnight or self.store.erasures() != now.erasures:
            return replace(Deployment.of_store(now.folder, now.bundle, self.store), explore=now.explore)
        change = self.store.catalogue_change()
        return now.moved(self.store, change) if change != state.change else None

    def _tell(self, folder: Path | None, problem: SqrecError) -> None:
        """Log a problem once. A store is tried again at the next check, a bundle is not."""
        if isinstance(problem, StoreError):
            self.ready = False
        elif folder != self.deployment.folder:
            self._refused = folder
        if str(problem) != self._told:
            self._told = str(problem)
            _log.error("What is pointed to is not served: %s", problem)


def _none_known() -> int:
    return 0


def _not_kept(decision: Decision) -> None:
    pass


def _opened(settings: Settings, patience: float = MOST_SECONDS) -> Store:
    return Store.open(str(settings.data), create=False, pepper=lambda: pepper_of(settings.pepper_file), patience=patience)
