"""The supervisor: holds the port, starts workers, replaces those that end or hang, and leaves none behind. It loads nothing of ours."""

import logging
import os
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BACKLOG = 2048
_METRICS, _OWN, _STARTS = "PROMETHEUS_MULTIPROC_DIR", "sqrec-metrics-", "SQREC_WORKER_STARTS"
_log = logging.getLogger("sqrec.process")


@dataclass(frozen=True, slots=True)
class Patience:
    """Say in seconds how long the supervisor waits: for a beat of a worker, for one to stop, before it starts another."""

    hung: float = 30.0
    stop: float = 30.0
    again: float = 1.0
    again_at_most: float = 30.0


@dataclass(slots=True)
class _Worker:
    """Hold one running worker: its process, our end of its line, and when it was heard last (None: never, it is still loading)."""

    process: "subprocess.Popen[bytes]"
    line: socket.socket
    heard: float | None = None


@dataclass
class Supervisor:
    """Keep `workers` processes of `command` running on one listening socket until SIGTERM or SIGINT.

    A worker is started as `command PORT_FD LINE_FD`, with the number of starts so far in `SQREC_WORKER_STARTS`. It writes a byte to its line about once a second when it can answer, from
    the loop that answers; it stops when the line ends, which also happens when the supervisor is killed. A worker that ends is replaced after
    `again` seconds, twice as long each time until one is heard; one that is silent for `hung` seconds is killed and replaced.
    """

    command: Sequence[str]
    listening: socket.socket
    workers: int = 1
    patience: Patience = field(default_factory=Patience)
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    _running: list[_Worker] = field(default_factory=list[_Worker], init=False)
    _stopping: bool = field(default=False, init=False)
    _began: bool = field(default=False, init=False)
    _failures: int = field(default=0, init=False)
    _starts: int = field(default=0, init=False)
    _next_start: float = field(default=0.0, init=False)

    def run(self) -> int:
        """Supervise until a signal; return the exit code: 0, or 1 where no worker ever came to answer."""
        woken, waker = socket.socketpair()
        waker.setblocking(False)
        with selectors.DefaultSelector() as events, woken, waker:
            before = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
            events.register(woken, selectors.EVENT_READ)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._told)
            try:
                while not self._stopping and (self._began or not self._failures):
                    self._start_missing(events)
                    for key, _ in events.select(1.0):
                        woken.recv(64) if key.fileobj is woken else self._hear(key.data)
                    self._bury(events)
            finally:
                self._stop()
                signal.set_wakeup_fd(before)
        return 0 if self._began or self._stopping else 1

    def _told(self, *_: object) -> None:
        self._stopping = True

    def _start_missing(self, events: selectors.BaseSelector) -> None:
        while len(self._running) < self.workers and time.monotonic() >= self._next_start:
            worker = self._started()
            self._running.append(worker)
            events.register(worker.line, selectors.EVENT_READ, worker)

    def _started(self) -> _Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._starts += 1
        environment = {**os.environ, **self.environment, _STARTS: str(self._starts)}
        with theirs:
            files = (self.listening.fileno(), theirs.fileno())
            process = subprocess.Popen([*self.command, *map(str, files)], pass_fds=files, env=environment)
        return _Worker(process, ours)

    def _hear(self, worker: _Worker) -> None:
        try:
            heard = worker.line.recv(4096)
        except OSError:
            return
        if heard and not self._began:
            _log.info("Ready: port %d answers.", self.listening.getsockname()[1])
        if heard:
            worker.heard, self._began, self._failures = time.monotonic(), True, 0

    def _bury(self, events: selectors.BaseSelector) -> None:
        """Take ended workers out, and end the silent ones."""
        for worker in list(self._running):
            if worker.heard is not None and time.monotonic() - worker.heard > self.patience.hung:
                _log.error(
                    "Worker %d has been silent for %g s: it is killed and replaced.", worker.process.pid, self.patience.hung
                )
                worker.process.kill()
                worker.process.wait()
            if (code := worker.process.poll()) is None:
                continue
            events.unregister(worker.line)
            worker.line.close()
            self._running.remove(worker)
            _forget(self.environment, worker.process.pid)
            self._failures += 1
            wait = min(self.patience.again * 2 ** (self._failures - 1), self.patience.again_at_most)
            self._next_start = time.monotonic() + wait
            if self._began and not self._stopping:
                _log.error("Worker %d ended (%d); another starts in %g s.", worker.process.pid, code, wait)

    def _stop(self) -> None:
        """Close the port and stop all workers: by SIGTERM, and after `stop` seconds by SIGKILL."""
        self.listening.close()
        for worker in self._running:
            worker.process.terminate()
        until = time.monotonic() + self.patience.stop
        for worker in self._running:
            try:
                worker.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _log.error("Worker %d did not stop within %g s: it is killed.", worker.process.pid, self.patience.stop)
                worker.process.kill()
                worker.process.wait()
            worker.line.close()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound and listens. Raises OSError where the port is taken or the host is not ours."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def supervise(
    command: Sequence[str],
    host: str,
    port: int,
    environment: Mapping[str, str],
    workers: int = 1,
    patience: Patience = Patience(),
) -> int:
    """Serve at an address until a signal and return the exit code.

    Where no folder of metrics is named, a fresh one is made for this service alone, and removed at its end.
    """
    try:
        listening = listen(host, port)
    except OSError as problem:
        why = os.strerror(problem.errno or 0)
        _log.critical("%s:%d cannot be listened on (%s). Name another with --host and --port.", host, port, why)
        return 1
    told = {**environment, _METRICS: os.environ.get(_METRICS) or tempfile.mkdtemp(prefix=_OWN)}
    try:
        return Supervisor(command, listening, workers, patience, told).run()
    finally:
        tidy(told)


def _forget(environment: Mapping[str, str], worker: int) -> None:
    """Take an ended worker's gauges out of the metrics; what it has counted stays."""
    for file in Path(environment.get(_METRICS, "")).glob(f"gauge_live*_{worker}.db"):
        file.unlink(missing_ok=True)


def tidy(environment: Mapping[str, str] = os.environ) -> None:
    """Remove the folder of metrics that an environment names, where it was made for this service."""
    folder = Path(environment.get(_METRICS, ""))
    if folder.name.startswith(_OWN):
        shutil.rmtree(folder, ignore_errors=True)
