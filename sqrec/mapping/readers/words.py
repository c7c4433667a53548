"""Readers of words: vocabularies, education, experience; a word that no list knows stays unread."""

import re
from collections.abc import Callable, Sequence
from functools import cache

from sqrec.base.text import normal
from sqrec.codes.education import rank_required
from sqrec.contract.causes import nearest
from sqrec.contract.vocabulary import EDUCATION
from sqrec.contract.words import Words, listed, word_list
from sqrec.mapping.readers.how import How, Read, Unread, data, folded, single

_NEAREST = 3
_LIST_OF = {
    "form": "forms",
    "groups": "group",
    "needs": "amenity_type",
    "education_required": "education",
    **{name: name for name in ("education", "yes_no", "recognised")},
}
"""The lists of readers that are not called after theirs."""
_BETWEEN = re.compile(r"[|;；,，、/]")
_YEARS = re.compile(
    r"(\d+(?:\.\d+)?)(?:[-~—–至到](\d+(?:\.\d+)?))?年?(?:(?:工作)?经验)?(?:及?(?P<bound>以上|以下|以内))?(?:(?:工作)?经验)?"
)


@cache
def words_of(name: str) -> Words:
    """Return a list of words, of the contract's (words.json) or of this room's."""
    own = data("words")["lists"]
    return listed(own[name]) if name in own else word_list(name)


def near_words(reader: str, text: str) -> Sequence[str]:
    """Return the words of a reader's list that come near those parts of a text that it does not know, with their codes; at most three.

    A word that stands within the other one comes near, as 助餐点 does to 老年助餐点. Empty for readers without a list.
    """
    name = _LIST_OF.get(reader, reader)
    if name not in WORD_READERS and name not in _LIST_OF.values():
        return ()
    words, near = words_of(name), dict[str, str]()
    for part in re.split(r"[|;；,，、/()（）]", text):
        word = normal(part)
        if not word or words.code(word) is not None:
            continue
        inside = sorted((known for known in words.codes if len(known) > 1 and known in word), key=len, reverse=True)
        around = sorted((known for known in words.codes if len(word) > 1 and word in known), key=len)
        for known in (*inside, *around, *nearest(word, words.codes)):
            near.setdefault(words.codes[known], known)
    return [known if known == code else f"{known} ({code})" for code, known in near.items()][:_NEAREST]


def one_of(name: str) -> Read:
    """Return a reader of one word; several words must mean the same, in brackets too: 四级（中级工）."""

    def read(text: str, how: How) -> str:
        code = words_of(name).code(text)
        if code is not None:
            return code
        codes = {part: words_of(name).code(part) for part in re.split(r"[;；|/()（）]", text) if part.strip()}
        strange = next((part for part, found in codes.items() if found is None), "")
        if len(set(codes.values())) > 1 and not strange:
            raise Unread("several words that differ")
        return _known(None if strange else next(iter(codes.values()), None), text, strange)

    return single(read)


def last_of(name: str) -> Read:
    """Return a reader of a path of categories from large to small: the last that is known counts."""

    def read(text: str, how: How) -> str:
        parts = [words_of(name).code(part) for part in (text, *reversed(re.split(r"[;；|/>]", text)))]
        return _known(next((part for part in parts if part), None), text)

    return single(read)


def some_of(name: str, prefix: str = "") -> Read:
    """Return a reader of a list of words; one unknown member leaves the whole cell unread, and so does 不限 beside others."""

    def read(text: str, how: How) -> str:
        words = words_of(name)
        if words.means_all(text):
            return "|".join(how.column.words)
        members = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
        codes = dict.fromkeys(_known(words.code(part), text, part) for part in members)
        if "" in codes and len(codes) > 1:
            raise Unread("a word for everybody or nothing beside others")
        return "|".join(f"{prefix}{code}" for code in codes if code)

    return single(read)


def read_yes_no(text: str, how: How) -> str:
    """Read yes and no; a 2 beside a 1 asks whether it is no."""
    if folded(text) in {"2", "2.0"}:
        if how.answer("two") == "two_is_no":
            return "false"
        return ""
    return _known(words_of("yes_no").code(text), text)


def read_education(text: str, how: How) -> str:
    """Read what somebody has finished, as a code of GB/T 4658."""
    return _education(text)


def read_education_required(text: str, how: How) -> str:
    """Read what is asked for, as a code of GB/T 4658.

    Nothing is asked for with 不限, with a level and what is below it, or with a level that is only preferred (本科优先).
    """
    plain, preferred = _preferred(folded(text))
    if plain in _asking_nothing("education") or plain.endswith(("及以下", "以下")):
        return ""
    level = _education(plain.removesuffix("以上").removesuffix("及"))
    return "" if preferred else level


def read_years_required(text: str, how: How) -> str:
    """Read the years of experience that are asked for: of a span the lowest, 0 where none are, or are only preferred."""
    plain, preferred = _preferred(folded(text))
    if plain in _asking_nothing("experience") or (preferred and plain in data("words")["preferred"]["experience"]):
        return "0"
    found = _YEARS.fullmatch(_in_digits(plain))
    if not found:
        raise Unread("no years")
    below = found["bound"] in {"以下", "以内"} and not found[2]
    return "0" if below or preferred else found[1]


def read_months_as_years(text: str, how: How) -> str:
    """Read months of experience as years."""
    if not re.fullmatch(r"\d{1,3}(\.0+)?", text.strip()):
        raise Unread("no months")
    return f"{float(text) / 12:.4g}"


def read_years(text: str, how: How) -> str:
    """Read the years that somebody has worked; a span asks for its lowest or highest."""
    plain = folded(text)
    if plain in {"应届", "应届生", "应届毕业生", "无", "无经验", "在校"}:
        return "0"
    found = _YEARS.fullmatch(_in_digits(plain))
    if not found or found["bound"] in {"以下", "以内"}:
        raise Unread("no years")
    if not found[2]:
        return found[1]
    return found[1] if how.answer("range") == "lowest" else found[2]


def _in_digits(plain: str) -> str:
    """Return a text with its Chinese numerals below a hundred as digits (三年, 十五年, 半年); 三五年 is no number, and stays."""
    told = data("words")["numerals"]
    digits, ten = told["digits"], told["ten"]

    def number(found: "re.Match[str]") -> str:
        if found[0] in digits:
            return str(digits[found[0]])
        tens, mark, ones = found[0].partition(ten)
        if not mark or any(part and part not in digits for part in (tens, ones)):
            return found[0]
        return str(digits.get(tens, 1) * 10 + digits.get(ones, 0))

    plain = plain.replace(told["half"], "0.5年") if plain.startswith(told["half"]) else plain
    return re.sub(f"[{''.join(digits)}{ten}]+", number, plain)


def _preferred(plain: str) -> tuple[str, bool]:
    """Return a text without the words that say that it is only preferred, in brackets or not, and whether it had them."""
    endings = [form for word in data("words")["preferred"]["endings"] for form in (f"({word})", word)]
    ending = next((form for form in endings if plain.endswith(form)), "")
    return plain.removesuffix(ending), bool(ending)


def _education(text: str) -> str:
    """Return the code of one level, or of several of one rung (高中/中专)."""
    plain = re.sub(r"^(\d+)\.0+$", r"\1", folded(text))  # 31.0 is what a spreadsheet made of 31
    for prefix in data("words")["education_prefixes"]:
        plain = plain if plain in _levels() else plain.removeprefix(prefix)
    code = _levels().get(plain)
    if code is not None or plain in EDUCATION:
        return plain if code is None else code
    plain = re.sub(r"\(.*\)$", "", plain)
    codes = [_levels().get(part) for part in re.split(r"[/、或]", plain)]
    rungs = {rank_required(code) for code in codes}
    if None in codes or len(rungs) != 1:
        raise Unread("no level of education")
    return str(codes[0])


@cache
def _levels() -> dict[str, str]:
    """Return the codes of education by their words without spaces, as folded texts have them: associatedegree."""
    words = words_of("education")
    return {folded(word): code for word, code in words.codes.items()} | dict.fromkeys(map(folded, words.unsaid), "")


@cache
def _asking_nothing(about: str) -> frozenset[str]:
    return frozenset(map(folded, data("words")["no_requirement"][about]))


def _known(code: str | None, text: str, member: str = "") -> str:
    """Return a code. Raises Unread where there is none, with the member of the text that no list knows."""
    if code is None:
        raise Unread(f"an unknown word: {member}" if member.strip() not in {"", text.strip()} else "an unknown word")
    return code


WORD_READERS: dict[str, Callable[[], Read]] = {
    **{name: lambda name=name: one_of(name) for name in ("status", "event", "kind", "job_kind", "mode", "built", "level")},
    **{name: lambda name=name: one_of(name) for name in ("sex", "employment", "hukou", "post")},
    "amenity_type": lambda: last_of("amenity_type"),
    "form": lambda: one_of("forms"),
    "forms": lambda: some_of("forms"),
    "groups": lambda: some_of("group"),
    "needs": lambda: some_of("amenity_type", "type:"),
}
"""The readers that are nothing but a list of words."""
