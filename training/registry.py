"""The registry: a registered model per kind in MLflow's SQLite store, aliases `champion` and `challenger`.

The pointer `var/bundles/current.json` is the truth; the alias `champion` mirrors it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.exceptions import MlflowException

from sqrec.bundle.files import name_of
from sqrec.bundle.pointer import Champion, Standing
from sqrec.contract import KINDS, Kind
from sqrec.errors import DataError

CHAMPION, CHALLENGER = "champion", "challenger"


@dataclass(frozen=True)
class Version:
    """Hold a version of a registered model: its run, the hash of its bundle, the source of its data."""

    kind: Kind
    run: str
    number: str
    bundle: str
    source: str
    model: str

    @property
    def champion(self) -> Champion:
        """The entry that the pointer keeps of this version."""
        return Champion(self.run, self.number)


def use_store(var: Path) -> None:
    """Point MLflow at the SQLite store under `var`, and silence its log."""
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    mlflow.set_tracking_uri(f"sqlite:///{(var / 'mlflow.db').resolve()}")


class Registry:
    """Read and alias model versions in the MLflow store under a folder of run-time files."""

    def __init__(self, var: Path) -> None:
        use_store(var)
        self.var = var
        self.client = MlflowClient()

    def version(self, kind: Kind, run: str | None) -> Version:
        """Return the version that a run made; `run` None: the challenger. Raises DataError where there is none."""
        found = self._versions(kind, f"run_id='{run}'") if run else self._challenger(kind)
        if not found:
            raise DataError(_nobody(run, f"{kind} "))
        return found[0]

    def of_bundle(self, run: str | None) -> dict[Kind, Version]:
        """Return the versions of all kinds trained together with a run; `run` None: with the newest challenger."""
        named: list[Version] = [one for kind in KINDS for one in (self._versions(kind, f"run_id='{run}'") if run else [])]
        newest = named or [one for kind in KINDS for one in self._challenger(kind)]
        if not newest:
            raise DataError(_nobody(run))
        bundle = max(newest, key=lambda one: int(self.client.get_run(one.run).info.start_time)).bundle
        return {kind: found[0] for kind in KINDS if (found := self.made(kind, bundle))}

    def made(self, kind: Kind, bundle: str) -> list[Version]:
        """Return the versions of a bundle, newest first."""
        return self._versions(kind, f"tag.bundle='{bundle}'")

    def bundle_of(self, version: Version) -> Path:
        """Return the folder of a version's bundle: its own under `var/bundles`, else the copy that its model keeps.

        Raises DataError where neither is there.
        """
        own = self.var / "bundles" / version.bundle
        if own.is_dir():
            return own
        kept = Path(download_artifacts(version.model)).glob("artifacts/*/manifest.json")
        copies = [manifest.parent for manifest in kept if name_of(manifest.parent) == version.bundle]
        if copies:
            return copies[0]
        raise DataError(f"Bundle {version.bundle} of run {version.run} is gone, or was changed: train again.")

    def mirror(self, standing: Standing | None) -> None:
        """Set every kind's alias `champion` by the pointer, and remove the alias `challenger` from a champion."""
        for kind in KINDS:
            champion = standing.champions.get(kind) if standing else None
            if champion and champion.version:
                self.client.set_registered_model_alias(_named(kind), CHAMPION, champion.version)
                if any(one.number == champion.version for one in self._challenger(kind)):
                    self.client.delete_registered_model_alias(_named(kind), CHALLENGER)
            elif self.aliased(kind, CHAMPION):
                self.client.delete_registered_model_alias(_named(kind), CHAMPION)

    def aliased(self, kind: Kind, alias: str) -> str | None:
        """Return the number of the version that has an alias; None where none has."""
        try:
            return str(self.client.get_model_version_by_alias(_named(kind), alias).version)
        except MlflowException:
            return None

    def keep(self, run: str, folder: Path, name: str) -> None:
        """Log the files of a folder as artifacts of a run."""
        self.client.log_artifacts(run, str(folder), name)

    def _challenger(self, kind: Kind) -> list[Version]:
        number = self.aliased(kind, CHALLENGER)
        return [one for one in self._versions(kind) if one.number == number]

    def _versions(self, kind: Kind, where: str = "") -> list[Version]:
        """Return versions, newest first."""
        asked = f"name='{_named(kind)}'" + (f" and {where}" if where else "")
        found = self.client.search_model_versions(asked, order_by=["version_number DESC"])
        return [_version(kind, one.run_id or "", str(one.version), dict(one.tags), str(one.source)) for one in found]


def register(kind: Kind, run: str, model: str, tags: Mapping[str, str]) -> str:
    """Register a logged model as a new version, make it the challenger, and return its number."""
    client, name = MlflowClient(), _named(kind)
    if not client.search_registered_models(f"name='{name}'"):
        client.create_registered_model(name)
    made = client.create_model_version(name, f"models:/{model}", run, dict(tags), model_id=model)
    client.set_registered_model_alias(name, CHALLENGER, str(made.version))
    return str(made.version)


def _version(kind: Kind, run: str, number: str, tags: Mapping[str, str], model: str) -> Version:
    return Version(kind, run, number, tags.get("bundle", ""), tags.get("source", ""), model)


def _nobody(run: str | None, kind: str = "") -> str:
    if run:
        return f"Run {run} trained no {kind}ranker here: `make train` logs runs."
    return f"There is no {kind}challenger here: `make train` makes one, or name an earlier run with --run."


def _named(kind: Kind) -> str:
    return f"sqrec-{kind}"
