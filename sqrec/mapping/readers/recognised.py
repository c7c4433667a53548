"""Reader of official recognitions: the group and its day, of one cell or of a column each."""

import re
from collections.abc import Sequence

from sqrec.mapping.readers.dates import read_date
from sqrec.mapping.readers.how import How, Unread
from sqrec.mapping.readers.words import words_of

_DAY = re.compile(r"(?<!\d)(?:\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}[日号]?(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?|\d{8}|\d{5})(?!\d)")
_OWN = re.compile(r"[a-z_]+@\d{4}-\d\d-\d\d(\|[a-z_]+@\d{4}-\d\d-\d\d)*")
_BETWEEN = re.compile(r"[@|;；,，、()（）\s]+")


def read_recognised(cells: Sequence[str], how: How) -> str:
    """Read groups and the one day they were recognised on as group@YYYY-MM-DD; 否 and 无 say that there is none.

    Raises Unread where a group is unknown or could be more than one, or where no day, or more than one, is told: without its day a
    recognition is no fact.
    """
    text = "|".join(cell for cell in cells if cell.strip())
    if _OWN.fullmatch(text):
        return text
    days = {read_date(day, how) for day in _DAY.findall(text)}
    words = [word for word in _BETWEEN.split(_DAY.sub("|", text)) if word]
    groups = dict.fromkeys(words_of("recognised").code(word) for word in words)
    if None in groups or not groups:
        strange = next((word for word in words if words_of("recognised").code(word) is None), "")
        raise Unread(f"an unknown group: {strange}" if strange else "no group is told")
    if set(groups) == {""}:
        return ""
    if len(days) != 1:
        raise Unread("no one day of the recognition")
    return "|".join(f"{group}@{next(iter(days))}" for group in groups if group)
