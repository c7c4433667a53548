"""The files of one kind in a bundle: what serves it, and its plain baseline."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import lightgbm as lgb

from sqrec.base.text import HashedText
from sqrec.bundle.declared import from_json, to_json
from sqrec.bundle.files import read_json, write_json
from sqrec.contract import Kind, SplitName
from sqrec.errors import BundleError
from sqrec.groups.groups import KeyGroups
from sqrec.profile import encoders, profiler
from sqrec.rank import columns, said
from sqrec.rank.policy import Serving
from sqrec.rank.ranker import Boosted, Linear
from sqrec.rank.reasons import Family, Reason, Requirement
from sqrec.rank.reference import Reference
from sqrec.rank.rows import RowBuilder
from sqrec.rank.telling import Speech

CLASSES = (
    *(getattr(columns, name) for name in columns.__all__),
    *(getattr(encoders, name) for name in encoders.__all__ if name[0].isupper()),
    *(getattr(said, name) for name in said.__all__),
    profiler.Encoding,
    Family,
    HashedText,
    KeyGroups,
    RowBuilder,
    Reason,
    Requirement,
)
"""What may be declared in a bundle's files."""


@dataclass(frozen=True)
class KindParts:
    """Hold what serves one kind: rows, booster text (None: no trained ranker), words weights, what is said.

    `families` of columns, `told` columns, `reasons` and `requirements` are what is said and by what. `repeats` tells whether people use
    the same items again and again, `serving` how the city's rules are applied to the lists (None: as the city's file says).
    """

    rows: RowBuilder
    booster: str | None
    words: Linear
    reasons: tuple[Reason, ...]
    requirements: tuple[Requirement, ...]
    split: SplitName
    repeats: bool = False
    serving: Serving | None = None
    families: tuple[Family, ...] = ()
    told: RowBuilder = field(default_factory=lambda: RowBuilder(()))

    @cached_property
    def speech(self) -> Speech:
        """What may be said of the kind."""
        return Speech(self.rows, self.told, self.families, self.reasons, self.requirements, self.booster)

    @cached_property
    def trained(self) -> Boosted | None:
        """The trained ranker: its trees are read once."""
        return Boosted.of_text(self.booster) if self.booster else None


def write_kind(parts: KindParts, folder: Path) -> None:
    """Write what serves a kind."""
    write_json(folder / "rows.json", to_json(parts.rows))
    told = {name: getattr(parts, name) for name in ("families", "told", "reasons", "requirements")}
    write_json(folder / "said.json", to_json(told))
    write_json(folder / "served.json", to_json({"repeats": parts.repeats, "serving": parts.serving}))
    write_json(folder / "words.json", to_json(parts.words))
    if parts.booster:
        (folder / "booster.txt").write_text(parts.booster, encoding="utf-8")


def write_reference(reference: Reference, folder: Path, kind: Kind) -> None:
    """Write a kind's plain baseline."""
    write_json(folder / f"{kind}_plain_rows.json", to_json(reference.rows))
    (folder / f"{kind}_plain.txt").write_text(reference.booster, encoding="utf-8")


def read_reference(folder: Path, kind: Kind) -> Reference | None:
    """Read a kind's plain baseline, which nothing vouches for: one that cannot be read is missing, and keeps nobody from serving."""
    try:
        rows = from_json(read_json(folder / f"{kind}_plain_rows.json"), CLASSES)
        booster = (folder / f"{kind}_plain.txt").read_text(encoding="utf-8")
    except (BundleError, OSError, ValueError, KeyError, TypeError):
        return None
    return Reference(rows, booster) if isinstance(rows, RowBuilder) else None


def read_kind(folder: Path, split: SplitName) -> KindParts:
    """Read what serves a kind. Raises BundleError where rows and booster do not belong together."""
    rows: RowBuilder = from_json(read_json(folder / "rows.json"), CLASSES)
    booster = (folder / "booster.txt").read_text(encoding="utf-8") if (folder / "booster.txt").exists() else None
    if booster and (names := lgb.Booster(model_str=booster).feature_name()) != list(rows.names):
        raise BundleError(
            f"Booster and rows of {folder} do not belong together: {sorted(set(names) ^ set(rows.names))}. Train again."
        )
    told = from_json(read_json(folder / "said.json"), CLASSES)
    served: dict[str, Any] = {}
    if (folder / "served.json").exists():
        served = from_json(read_json(folder / "served.json"), (Serving,))
    words = from_json(read_json(folder / "words.json"), (Linear,))
    return KindParts(rows, booster, words, split=split, **told, **served)
