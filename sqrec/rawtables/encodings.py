"""In what letters a text is written, and where its bytes are none of them."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqrec.rawtables.forms import bytes_in

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_UNDECODED = re.compile("[\udc80-\udcff]")
_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
_REPLACED = re.compile("\ufffd")


@dataclass(frozen=True)
class Encoding:
    """Name an encoding, Python's codec for it, and whether some bytes are none of its characters."""

    name: str
    codec: str
    damaged: bool = False

    @property
    def errors(self) -> str:
        """How Python is to decode: bytes that are no character stay visible in the text (`undecoded`)."""
        return "strict" if not self.damaged else "replace" if self._is_wide else "surrogateescape"

    def undecoded(self, text: str) -> bool:
        """Tell whether a text of a damaged file holds bytes that are no characters."""
        return (_REPLACED if self._is_wide else _UNDECODED).search(text) is not None

    def blamed(self, row: str) -> str:
        """Say which byte of a row, as it came, is no character."""
        name = self.name.partition(" ")[0]
        found = _UNDECODED.search(row)
        if found is None:
            return f"a character here is no {name}"
        before = len(row[: found.start()].encode(name))
        return f"{readable(found[0])} is no {name}: byte {before + 1} of the row, quotation marks not counted"

    @property
    def _is_wide(self) -> bool:
        return self.codec.startswith(("utf-16", "utf-32"))


def encoding_of(file: Path) -> Encoding:
    """Find a text's encoding: UTF-8, UTF-16 by its mark or its zeros, or else GB18030.

    Where some lines are UTF-8 and some are not, the text is UTF-8 if at least as many lines are clearly UTF-8 (a character of three
    bytes, as all Chinese ones have) as are GB18030 and no UTF-8: cut UTF-8 often passes for GB18030, and short GB18030 cells for
    UTF-8 of two bytes (女 is C5 AE). Raises OSError.
    """
    with bytes_in(file) as stream:
        start = stream.read(4)
    wide = _wide(start)
    if wide:
        return Encoding(wide.name, wide.codec, damaged=not _decodes(file, wide.codec))
    name = "UTF-8 with BOM" if start.startswith(codecs.BOM_UTF8) else "UTF-8"
    if _decodes(file, "utf-8-sig"):
        return Encoding(name, "utf-8-sig")
    clearly_utf8, only_gb, neither = _counted(file)
    if clearly_utf8 >= only_gb or start.startswith(codecs.BOM_UTF8):
        return Encoding(name, "utf-8-sig", damaged=True)
    return Encoding("GB18030", "gb18030", damaged=neither)


def readable(text: str) -> str:
    r"""Write the bytes that are no characters as `\xE5`, so that the text can be shown and kept."""
    return _UNDECODED.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02X}", text)


def looks_like_big5(file: Path) -> bool:
    """Tell whether a text that passes for GB18030 is rather Big5 (Taiwan, Hong Kong).

    Of GB 2312 texts nearly all characters are of its first level (rows 16 to 55, the 3,755 usual ones); of Big5 texts nearly all are
    of Big5's first level (A440 to C67E), which falls outside the first level of GB 2312 for the most part.
    """
    with bytes_in(file) as stream:
        told = re.findall(rb"[\x81-\xfe][\x30-\xfe]", stream.read(_BLOCK))
    usual = sum(0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1 for pair in told)
    big5 = sum(0xA4 <= pair[0] <= 0xC6 and (0x40 <= pair[1] <= 0x7E or pair[1] >= 0xA1) for pair in told)
    return bool(told) and 2 * usual < len(told) and 10 * big5 >= 8 * len(told)


def _wide(start: bytes) -> Encoding | None:
    for mark, codec, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name, codec)
    zeros = [place for place, byte in enumerate(start) if byte == 0]
    if len(start) == 4 and zeros in ([1, 3], [0, 2]):
        return Encoding("UTF-16 without mark", "utf-16-le" if zeros[0] else "utf-16-be")
    return None


def _decodes(file: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        with bytes_in(file) as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _counted(file: Path) -> tuple[int, int, bool]:
    """Count the lines that are clearly UTF-8, and those that are GB18030 alone; tell whether some line is no GB18030."""
    clearly_utf8 = only_gb = 0
    damaged = False
    for line in _lines(file):
        if not line.isascii():
            as_utf8, as_gb = _is(line, "utf-8"), _is(line, "gb18030")
            clearly_utf8 += as_utf8 and _THREE_BYTES.search(line) is not None
            only_gb += as_gb and not as_utf8
            damaged |= not as_gb
    return clearly_utf8, only_gb, damaged


def _lines(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file; no character of UTF-8 or GB18030 holds the byte of a line's end."""
    rest = b""
    with bytes_in(file) as stream:
        while block := stream.read(_BLOCK):
            *whole, rest = (rest + block).splitlines(keepends=True)
            yield from whole
    yield rest


def _is(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
