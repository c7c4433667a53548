from pathlib import Path
from typing import Any

def load_workbook(filename: Path, read_only: bool = ..., *, data_only: bool = ...) -> Any: ...
