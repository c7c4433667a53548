"""The supervisor keeps workers alive, replaces what hangs, and leaves nothing behind. Workers here are a few lines of Python."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.server import free_port

ROOT = Path(__file__).parents[3]
WORKER = """
import os, signal, socket, sys, threading, time
kind, port, line = sys.argv[1], *(socket.socket(fileno=int(number)) for number in sys.argv[2:])
if kind == "refuses":
    sys.exit("there is nothing to serve")
if kind == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if kind == "tells":
    open(os.path.join(os.path.dirname(sys.argv[0]), "starts"), "a").write(os.environ["SQREC_WORKER_STARTS"])
def until_gone():
    while line.recv(1): pass
    os._exit(0)
def answer():
    while True:
        taken, _ = port.accept()
        with taken:
            taken.sendall(f"{os.getpid()} {os.environ['PROMETHEUS_MULTIPROC_DIR']}".encode())
for work in (until_gone, answer):
    threading.Thread(target=work, daemon=True).start()
while True:
    line.send(b".")
    time.sleep(0.05)
"""
START = """
import sys
from serving.process.supervisor import Patience, supervise
kind, port, workers = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
patience = Patience(hung=1.0, stop=0.5, again=0.05, again_at_most=0.1)
sys.exit(supervise([sys.executable, sys.argv[1], kind], "127.0.0.1", port, {}, workers, patience))
"""


@dataclass(frozen=True)
class Running:
    process: "subprocess.Popen[str]"
    port: int

    def ask(self) -> tuple[int, str]:
        """Return which worker answers, and its folder of metrics."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as asked:
            pid, folder = asked.makefile().read().split()
        return int(pid), folder

    def asked(self) -> list[int]:
        """Return which worker answers, empty where it ended in the middle; the port must be open."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as asked, suppress(ConnectionResetError):
            return [int(pid) for pid in asked.makefile().read().split()[:1]]
        return [0]

    def end(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@contextmanager
def running(place: Path, kind: str = "plain", workers: int = 1) -> Iterator[Running]:
    script, port = place / "worker.py", free_port()
    script.write_text(WORKER)
    command = [sys.executable, "-c", START, str(script), kind, str(port), str(workers)]
    environment = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        yield Running(process, port)
    finally:
        with suppress(psutil.NoSuchProcess):
            below = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            for one in below:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        process.communicate()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def there(found: Running) -> bool:
    with suppress(OSError):
        return found.ask()[0] > 0
    return False


def test_a_worker_that_ends_is_replaced_while_the_port_stays_open(tmp_path: Path) -> None:
    with running(tmp_path) as found:
        until(lambda: there(found))
        first, _ = found.ask()
        os.kill(first, signal.SIGKILL)
        until(lambda: found.asked() not in ([], [0], [first]))
        found.process.terminate()
        assert found.end() == (0, f"Worker {first} ended (-9); another starts in 0.05 s.\n")


def test_a_worker_that_hangs_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path) as found:
        until(lambda: there(found))
        first, _ = found.ask()
        os.kill(first, signal.SIGSTOP)
        until(lambda: not psutil.pid_exists(first))
        assert found.ask()[0] != first


def test_no_worker_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with running(tmp_path, workers=2) as found:
        until(lambda: there(found))
        below = psutil.Process(found.process.pid).children()
        assert len(below) == 2
        found.process.kill()
        found.process.wait()
        assert psutil.wait_procs(below, timeout=20)[1] == []
        with socket.create_server(("127.0.0.1", found.port)):
            pass


@pytest.mark.parametrize(("kind", "said"), [("plain", ""), ("stubborn", "did not stop within 0.5 s: it is killed.")])
def test_a_signal_stops_the_workers(tmp_path: Path, kind: str, said: str) -> None:
    with running(tmp_path, kind) as found:
        until(lambda: there(found))
        worker, folder = found.ask()
        assert Path(folder).is_dir()
        found.process.send_signal(signal.SIGINT)
        code, told = found.end()
        assert code == 0
        assert said in told
        assert not psutil.pid_exists(worker)
        assert not Path(folder).exists()


def test_every_service_has_metrics_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with running(tmp_path) as one, running(tmp_path / "other") as other:
        until(lambda: there(one) and there(other))
        assert one.ask()[1] != other.ask()[1]


def test_a_worker_knows_how_many_there_were_and_leaves_no_gauge(tmp_path: Path) -> None:
    with running(tmp_path, "tells") as found:
        until(lambda: there(found))
        first, folder = found.ask()
        for name in (f"gauge_livesum_{first}.db", f"counter_{first}.db"):
            (Path(folder) / name).touch()
        os.kill(first, signal.SIGKILL)
        until(lambda: found.asked() not in ([], [0], [first]))
        assert [file.name for file in Path(folder).glob("*.db")] == [f"counter_{first}.db"]
    assert (tmp_path / "starts").read_text() == "12"


def test_a_service_that_cannot_begin_says_so_and_ends(tmp_path: Path) -> None:
    with running(tmp_path, "refuses") as found:
        assert found.end() == (1, "there is nothing to serve\n")
    with running(tmp_path) as found:
        until(lambda: there(found))
        command = [sys.executable, "-m", "serving", "--data", "nothing", "--port", str(found.port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        told = f"127.0.0.1:{found.port} cannot be listened on (Address already in use). Name another with --host and --port."
        assert json.loads(done.stderr)["message"] == told


def test_the_supervisor_loads_nothing_of_a_worker() -> None:
    loaded = "import sys, serving.__main__; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"sqrec", "features", "bentoml", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "lightgbm", "numba", "sqlalchemy"}
    assert not set(done.stdout.split()) & heavy
