"""The columns of one table from one source: by the names of its headers, by its cells, and what is required besides."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqrec.contract import TABLES
from sqrec.mapping.asking import Place, Sample, share, taken
from sqrec.mapping.guess import columns_of, names
from sqrec.mapping.model import UNSET, Taken
from sqrec.mapping.readers import ROW_ID, reader_of
from sqrec.mapping.readers.how import folded

_MOST = 0.8


@dataclass
class Columns:
    """Gather the columns of one table from one source."""

    one: Sample
    table: str
    place: Place
    columns: dict[str, Taken] = field(default_factory=dict[str, Taken])

    def take(self, column: str, headers: Sequence[str]) -> None:
        """Take a column, or what a group of columns is read from."""
        if column in {"@wage", "@place", "@point", "@age"}:
            getattr(self, f"_{column[1:]}")(headers)
        elif column.startswith("@item"):
            self.columns["item_id"] = taken(headers[0])
            self.columns.setdefault("kind", Taken(constant=column.removeprefix("@item_")))
        elif self.table == "jobs" and column in {"wage_min", "wage_max"}:
            self.columns[column] = self._paid([headers[0], *self._headers("wage_unit")])
        elif column != "wage_unit":
            self.columns[column] = self._single(column, headers)

    def by_contents(self) -> None:
        """Take columns that no header names, where the cells leave no doubt."""
        used = {name for way in self.columns.values() for name in way.sources}
        if self.table == "people":  # what is kept apart never slips in by its looks: 户籍地址 is no home
            used |= {name for told in columns_of("restricted", self.one.header).values() for name in told}
        for header in self.one.header:
            filled = [cell for cell in dict.fromkeys(self.one.cells[header]) if cell and cell not in names()["unknown"]]
            if header in used or len(filled) < 2 or any(cell.replace(".", "").isdigit() for cell in filled):
                continue
            for name in TABLES[self.table].names:
                reader = reader_of(self.table, TABLES[self.table].column(name))
                if name in self.columns or reader not in names()["sure_of_contents"]:
                    continue
                if share(filled, reader, self.table, name, self.place) >= _MOST:
                    self.take("@wage" if reader == "wage_min" else name, [header])
                    break

    def complete(self, tables: Sequence[str]) -> None:
        """Give what is required and no header names: ids made of the row, what an event was, whom it is about."""
        table = TABLES[self.table]
        if {"wage_min", "wage_max"} & set(self.columns) and "wage_unit" not in self.columns and self.table == "jobs":
            paid = [self.columns[name].sources for name in ("wage_min", "wage_max") if name in self.columns]
            unit = self._headers("wage_unit")
            self.columns["wage_unit"] = self._paid([*dict.fromkeys([sources[0] for sources in paid]), *unit])
        if self.table == "events":
            self._event(tables)
        for column in table.columns:
            if not column.required or column.name in self.columns or column.name == "at":
                continue
            made = column.name == table.key and column.name != "area"
            self.columns[column.name] = taken(list(self.one.header), read=ROW_ID) if made else Taken(constant=UNSET)

    def ordered(self) -> dict[str, Taken]:
        """Return the columns in the contract's order."""
        return {name: self.columns[name] for name in TABLES[self.table].names if name in self.columns}

    def _wage(self, headers: Sequence[str]) -> None:
        """Take everything that one wage column tells, and what is paid besides."""
        for name in ("wage_min", "wage_max", "wage_unit"):
            self.columns.setdefault(name, self._paid([headers[0], *self._headers("wage_unit")]))
        if any("薪" in cell for cell in self.one.cells[headers[0]]):
            self.columns["benefits"] = taken([headers[0], *self._headers("benefits")], read="wage_extra")

    def _place(self, headers: Sequence[str]) -> None:
        self.columns["area"] = taken(headers)
        self.columns.setdefault("address", taken(headers, read="text"))

    def _point(self, headers: Sequence[str]) -> None:
        for name in ("lon", "lat"):
            before = self.columns[name].sources if name in self.columns else ()
            self.columns[name] = taken([*before, headers[0]], read=name)

    def _age(self, headers: Sequence[str]) -> None:
        self.columns.setdefault("birth_month", taken(headers[0], read="age"))

    def _headers(self, column: str) -> list[str]:
        return columns_of(self.table, self.one.header).get(column, [])

    def _event(self, tables: Sequence[str]) -> None:
        flags = {name: names()["flags"][folded(name)] for name in self.one.header if folded(name) in names()["flags"]}
        flags = {name: word for name, word in flags.items() if {*self.one.cells[name]} <= {"0", "1", "", "是", "否"}}
        if "event" not in self.columns and flags:
            order = sorted(flags, key=lambda name: list(names()["flags"].values()).index(flags[name]))
            self.columns["event"] = taken(order, read="flags", words={name: flags[name] for name in order})
        kinds = {"jobs": "job", "courses": "course", "amenities": "amenity"}
        there = [kinds[name] for name in dict.fromkeys(tables) if name in kinds]
        if "kind" not in self.columns and len(there) == 1:
            self.columns["kind"] = Taken(constant=there[0])

    def _paid(self, headers: Sequence[str]) -> Taken:
        """Take a wage; what a header says of its unit and scale is a choice made."""
        text = folded(headers[0])
        chosen = [choice for choice, words in names()["per_hints"].items() if any(word in text for word in words)][:1]
        chosen += [choice for choice, words in names()["scale_hints"].items() if any(word in text for word in words)][:1]
        return taken(headers, choose=tuple(chosen))

    def _single(self, column: str, headers: Sequence[str]) -> Taken:
        if (
            column == "birth_month"
            and share(self.one.cells[headers[0]], "age", self.table, column, self.place, "just_turned") >= _MOST
        ):
            return taken(headers[0], read="age")
        if column == "wage_min" and headers[0] == column:
            return taken(headers[0], choose=("per_month", "in_yuan"))
        if column == "wage_min":
            return self._paid(headers[:1])
        if reader_of(self.table, TABLES[self.table].column(column)) in {"list", "area"}:
            return taken(headers)
        if len(headers) > 1 and f"{self.table}.{column}" in names()["told_in_parts"]:
            return taken(headers, read="text")
        return taken(headers[0])
