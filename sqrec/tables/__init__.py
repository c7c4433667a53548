"""Data folders: read, check, reject. Every problem of every row is reported; none stops the others.

Two doors on one corridor, `read_pieces`: `read_folder` returns frames of accepted rows and every problem, `check_folder`
counts in flat memory.
"""

from sqrec.tables.checking import FolderCheck, Listing, check_folder
from sqrec.tables.folder import FolderConfig, Form, Source, folder_facts, open_folder
from sqrec.tables.pieces import Piece, read_pieces
from sqrec.tables.problems import EXAMPLES, Problem, Tally
from sqrec.tables.reading import Folder, read_folder
from sqrec.tables.reports import TableCheck, TableReport

__all__ = [
    "EXAMPLES",
    "Folder",
    "FolderCheck",
    "FolderConfig",
    "Form",
    "Listing",
    "Piece",
    "Problem",
    "Source",
    "TableCheck",
    "TableReport",
    "Tally",
    "check_folder",
    "folder_facts",
    "open_folder",
    "read_folder",
    "read_pieces",
]
