"""What starts workers loads nothing that a worker needs."""

import subprocess
import sys

LOADED = "import sys, serving.service; print(*sorted({name.split('.')[0] for name in sys.modules}))"
WORKERS = {"sqrec", "features", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "lightgbm", "numba", "sqlalchemy"}


def test_the_supervisor_loads_nothing_of_a_worker() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "bentoml" in loaded
    assert not loaded & WORKERS
