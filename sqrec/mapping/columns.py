"""The columns of one table from one source: by the names of its headers, by its cells, and what is required besides."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from sqrec.contract import TABLES
from sqrec.mapping.asking import Place, Sample, gives_amount, share, taken
from sqrec.mapping.guess import columns_of, names, ranked
from sqrec.mapping.ids import keys_of, references
from sqrec.mapping.model import UNSET, Taken, taken_from
from sqrec.mapping.readers import ROW_ID, reader_of
from sqrec.mapping.readers.how import folded
from sqrec.mapping.spans import share_of_moments, share_of_spans

_MOST = 0.8
_HALF = 0.5
_ENDS = {"published_at": "first", "start_on": "first", "valid_to": "last", "end_on": "last"}
"""Which end of a span in one cell a column is."""
_WAGES = {"@wage", "wage_min", "wage_max"}


@dataclass
class Columns:
    """Gather the columns of one table from one source.

    `ids` are those that the folder's other files use, by the table whose key they are. `notes` say what was taken by its
    cells, `doubts` of headers what they could be.
    """

    one: Sample
    table: str
    place: Place
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    columns: dict[str, Taken] = field(default_factory=dict[str, Taken])
    notes: list[str] = field(default_factory=list[str])
    doubts: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, column: str, headers: Sequence[str]) -> None:
        """Take a column, or what a group of columns is read from: of several headers the one that `ranked` puts first."""
        if self._is_id(column):
            self.doubts |= {name: self.one.several[name] for name in headers if name in self.one.several}
            headers = [name for name in headers if name not in self.one.several]
        headers = ranked(self.table, column, headers, self.one.cells)
        if column in _WAGES and self.table in {"jobs", "people"}:
            headers = headers if column in headers else self._paying(headers)
        if not headers:
            return
        if column in {"@wage", "@place", "@point", "@age", "@span"}:
            getattr(self, f"_{column[1:]}")(headers)
        elif column.startswith("@item"):
            self.columns["item_id"] = taken(headers[0])
            self.columns.setdefault("kind", Taken(constant=column.removeprefix("@item_")))
        elif self.table == "jobs" and column in {"wage_min", "wage_max"}:
            self.columns[column] = self._paid([headers[0], *self._headers("wage_unit")])
        elif column != "wage_unit":
            self.columns[column] = self._single(column, headers)

    def take_besides(self, left_out: Container[str]) -> None:
        """Take what headers name and a named mapping has nothing for; headers that it takes something from, or leaves out, stay so."""
        for column, headers in columns_of(self.table, self.one.header).items():
            target = "item_id" if column.startswith("@item") else names()["groups"].get(column, column)
            free = [name for name in headers if name not in self._used() and name not in left_out]
            if free and target not in self.columns:
                self.take(column, free)

    def by_contents(self) -> None:
        """Take columns that no header names, where the cells leave no doubt; of what is restricted none: a header must name it."""
        if self.table == "restricted":
            return
        used = {name for way in self.columns.values() for name in way.sources} | {*self._headers("wage_unit")}
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
        if self.table == "jobs":
            self._upper_end()
        if {"wage_min", "wage_max"} & set(self.columns) and "wage_unit" not in self.columns and self.table == "jobs":
            paid = [self.columns[name].sources for name in ("wage_min", "wage_max") if name in self.columns]
            unit = self._headers("wage_unit")
            self.columns["wage_unit"] = self._paid([*dict.fromkeys([sources[0] for sources in paid]), *unit])
        if self.table == "events":
            self._event(tables)
            self._moment()
        self._frame()
        for column in table.columns:
            if not column.required or column.name in self.columns or column.name == "at":
                continue
            made = column.name == table.key and column.name != "area"
            self.columns[column.name] = self.key(column.name) if made else Taken(constant=UNSET)

    def ordered(self) -> dict[str, Taken]:
        """Return the columns in the contract's order."""
        return {name: self.columns[name] for name in TABLES[self.table].names if name in self.columns}

    def _wage(self, headers: Sequence[str]) -> None:
        """Take everything that one wage column tells, and what is paid besides."""
        unit = self._headers("wage_unit")
        for name in ("wage_min", "wage_max", "wage_unit"):
            self.columns.setdefault(name, self._paid([headers[0], *unit]))
        if any("薪" in cell for cell in self.one.cells[headers[0]]):
            self.columns["benefits"] = taken([headers[0], *self._headers("benefits")], read="wage_extra")

    def _paying(self, headers: Sequence[str]) -> list[str]:
        """Return wage headers, those that give amounts before those that only say 面议; none of empty cells, nor of units alone."""
        cells = {header: [cell for cell in self.one.cells[header] if cell] for header in headers}
        if not any(map(any, self.one.cells.values())):  # a sheet of headers alone: its names are all there is
            return list(headers)
        amounts = [header for header in headers if gives_amount(cells[header])]
        words = [header for header in headers if header not in amounts]
        return amounts + [header for header in words if share(cells[header], "wage_min", "jobs", "wage_min", self.place) > 0]

    def _upper_end(self) -> None:
        """Take the nameless column beside a wage as its upper end: the header stands over both, as in a merged cell."""
        low = self.columns.get("wage_min")
        high = self.columns.get("wage_max")
        if low is None or (high is not None and high.sources[0] != low.sources[0]):
            return
        header = list(self.one.header)
        beside = header.index(low.sources[0]) + 1
        if beside + 1 not in self.one.nameless:
            return
        if beside > header.index(""):  # a mapping can name only the first of them
            self.columns.pop("wage_max", None)
        elif self._wages_in_nameless():
            self.columns["wage_max"] = taken(["", *low.sources[1:]], choose=low.choose)
            self.columns["wage_unit"] = taken([low.sources[0], "", *low.sources[1:]], choose=low.choose)

    def _wages_in_nameless(self) -> bool:
        cells = [cell for cell in self.one.cells[""] if folded(cell) not in names()["wage_parts"]]
        return gives_amount(cells) and share(cells, "wage_min", "jobs", "wage_min", self.place, "per_month", "in_yuan") >= _MOST

    def _place(self, headers: Sequence[str]) -> None:
        whole = self._as_in_the_file(headers)
        self.columns["area"] = taken(whole, words=self._no_places(whole))
        self.columns.setdefault("address", taken(whole, read="text"))

    def _point(self, headers: Sequence[str]) -> None:
        for name in ("lon", "lat"):
            before = self.columns[name].sources if name in self.columns else ()
            self.columns[name] = taken([*before, headers[0]], read=name)

    def _age(self, headers: Sequence[str]) -> None:
        self.columns.setdefault("birth_month", taken(headers[0], read="age"))

    def _span(self, headers: Sequence[str]) -> None:
        """Take both ends of spans in one cell where half of the cells are spans; what holds fewer may be any of a course's times."""
        header = headers[0]
        filled = {cell for cell in self.one.cells[header] if cell}
        share_there = share_of_spans(self.one.cells[header])
        told = f"{round(share_there * len(filled))} of {len(filled)} different cells are spans of two days"
        if share_there < _HALF:
            add = "add it to start_on and end_on with `part` first and last if it is their time"
            self.doubts |= {header: f"{told}: {add}"} if share_there else {}
            return
        self.columns.setdefault("start_on", taken(header, part="first"))
        self.columns.setdefault("end_on", taken(header, part="last"))
        if share_there < 1:
            self.notes.append(f"{self.one.name}: {told} in {header}; any other day there is read as both ends")

    def _no_places(self, headers: Sequence[str]) -> dict[str, str]:
        """Return the cells that say that there is no place: 线上."""
        return {cell: "" for header in headers for cell in self.one.cells[header] if folded(cell) in names()["no_places"]}

    def _as_in_the_file(self, headers: Sequence[str]) -> list[str]:
        return [name for name in dict.fromkeys(self.one.header) if name in headers]

    def _headers(self, column: str) -> list[str]:
        return columns_of(self.table, self.one.header).get(column, [])

    def _event(self, tables: Sequence[str]) -> None:
        self._referring()
        flags = {name: names()["flags"][folded(name)] for name in self.one.header if folded(name) in names()["flags"]}
        flags = {name: word for name, word in flags.items() if {*self.one.cells[name]} <= {"0", "1", "", "是", "否"}}
        if "event" not in self.columns and flags:
            order = sorted(flags, key=lambda name: list(names()["flags"].values()).index(flags[name]))
            self.columns["event"] = taken(order, read="flags", words={name: flags[name] for name in order})
        kinds = {"jobs": "job", "courses": "course", "amenities": "amenity"}
        there = [kinds[name] for name in dict.fromkeys(tables) if name in kinds]
        if "kind" not in self.columns and len(there) == 1:
            self.columns["kind"] = Taken(constant=there[0])

    def _frame(self) -> None:
        """Note where a header names another frame of its points than the folder."""
        for header in self.columns["lon"].sources if "lon" in self.columns else ():
            told = (frame for frame, words in names()["frames"].items() if any(word in folded(header) for word in words))
            if (frame := next(told, self.place.crs)) != self.place.crs:
                self.notes.append(
                    f"{self.one.name}: {header} is in {frame} by its name, and the folder's points are read as {self.place.crs}; "
                    f"write crs into folder.json if that is not so, one for the whole folder"
                )

    def key(self, column: str) -> Taken:
        """Take a table's own id from the one column that can be it; of several a person chooses, without any the row makes it."""
        found = keys_of(self.one, self.table, self._used(), self.ids.get(self.table, frozenset()), self.place)
        if self.table == "events" and "item_id" not in self.columns:
            found = []  # what nobody knows in a log is more likely what was looked at
        if len(found) == 1:
            self._note(column, found[0], "its cells are all different")
            return taken(found[0])
        self.doubts |= dict.fromkeys(found, f"it could be {column}: its cells are all different")
        return Taken(constant=UNSET) if found else taken(list(self.one.header), read=ROW_ID)

    def _referring(self) -> None:
        """Take what an event is about, and whose it is, from the one column whose cells are ids of another file."""
        kinds = {"jobs": "job", "courses": "course", "amenities": "amenity"}
        for of in [*kinds, "people"]:
            column = "item_id" if of in kinds else "person_id"
            found = references(self.one, self.table, self._used(), self.ids.get(of, frozenset()))
            if column in self.columns or len(found) != 1:
                continue
            self.columns[column] = taken(found[0])
            self._note(column, found[0], f"its cells are ids of {of}")
            if of in kinds:
                self.columns.setdefault("kind", Taken(constant=kinds[of]))

    def _moment(self) -> None:
        """Take when an event was from the one unused column that holds moments; of several a person chooses."""
        if "at" in self.columns:
            return
        found = [
            name for name in self.one.header if name and name not in self._used() and self._are_moments(self.one.cells[name])
        ]
        if len(found) == 1:
            self.columns["at"] = taken(found[0])
            self._note("at", found[0], "its cells are moments")
        elif found:
            self.columns["at"] = Taken(constant=UNSET)
            self.doubts |= dict.fromkeys(found, "it could be at: its cells are moments")

    def _are_moments(self, cells: Sequence[str]) -> bool:
        return (
            share_of_moments(cells, self.place.today) >= _MOST and share(cells, "moment", self.table, "at", self.place) >= _MOST
        )

    def _note(self, column: str, header: str, why: str) -> None:
        self.notes.append(f"{self.one.name}: {column} is taken from {header}, as {why}; correct it if that is no {column}")

    def _is_id(self, column: str) -> bool:
        """Tell whether a column (or @group) holds one id a row: of several objects' ids none is."""
        table = TABLES[self.table]
        return column.startswith("@item") or (column in table.names and reader_of(self.table, table.column(column)) == "id")

    def _used(self) -> frozenset[str]:
        return taken_from(self.columns)

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
        several = reader_of(self.table, TABLES[self.table].column(column)) in {"list", "area", "recognised"}
        if several and column != TABLES[self.table].key:
            whole = self._as_in_the_file(headers)
            return taken(whole, words=self._no_places(whole) if column == "area" else {})
        if len(headers) > 1 and f"{self.table}.{column}" in names()["told_in_parts"]:
            return taken(self._as_in_the_file(headers), read="text")
        return self._alone(column, headers[0])

    def _alone(self, column: str, header: str) -> Taken:
        """Take one header: an end of a span in one cell, words that answer yes and no, or as it is."""
        if column in _ENDS and share_of_spans(self.one.cells[header]) > 0:
            self.notes.append(f"{self.one.name}: {column} is the {_ENDS[column]} end of {header}; the other is not read by it")
            return taken(header, part=_ENDS[column])
        yes_no = names()["yes_no_words"].get(f"{self.table}.{column}")
        return taken(header, words=yes_no["words"] if yes_no and folded(header) in yes_no["headers"] else {})
