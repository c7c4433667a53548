"""Clock ranges in words."""

from sqrec.texts import Language

_DAYS = tuple(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True))


def clock(text: str, lang: Language) -> str:
    """Return clock ranges as they are told in a language."""
    if lang != "zh-CN":
        return text
    for name, day in _DAYS:
        text = text.replace(name, f"周{day}")
    return text.replace("-周", "至周").replace("; ", "；")
