"""What is said in the lists: how many reasons, whether the greatest is among them, which codes, and how sure their signs are."""

import re
from collections.abc import Iterator, Mapping

from sqrec.evaluate.report.evaluation import Evaluation
from sqrec.evaluate.report.page.blocks import Cell, Said, Table, Voice
from sqrec.evaluate.stats.compare import Interval
from sqrec.texts import Language, built_in_texts

CODES = 12
"""How many codes have room on the page."""
_LANGUAGES: Mapping[Language, Language] = {"zh-CN": "zh-CN", "en": "en"}


def reasons_blocks(evaluation: Evaluation, voice: Voice) -> Iterator[Said | Table]:
    """Yield sentences and tables about the reasons of the sampled lists."""
    found = evaluation.said
    if found is None:
        return
    yield Said([voice("said.reasons", lists=found.lists, items=found.items, reasons=found.reasons, wrong=found.without_gain)])
    shares = {voice("reasons.number", number=name): one for name, one in found.numbers.items()}
    told = {name: getattr(found, name) for name in ("largest_said", "largest_never", "largest_unremarkable", "silent")}
    shares |= {voice.name("reasons", name): one for name, one in told.items()}
    yield _table("caption.reasons", "head.items_with", shares, voice)
    codes = {_sentence(code, voice): one for code, one in list(found.codes.items())[:CODES]}
    yield _table("caption.reason_codes", "head.code", codes, voice)
    differ = {voice.name("said_family", name): one for name, one in found.signs_differ.items()}
    yield _table("caption.signs", "head.said_family", differ, voice, signed=found.signed)


def _sentence(code: str, voice: Voice) -> str:
    """Return what residents read under a code, without what it names, and the code."""
    sentence = built_in_texts().get(f"reason.{code}", {}).get(_LANGUAGES[voice.lang], "")
    told = re.sub(r"{[^}]*}", "…", sentence)
    return f"{told}（{code}）" if voice.lang == "zh-CN" else f"{told} ({code})"


def _table(caption: str, head: str, shares: Mapping[str, Interval], voice: Voice, **values: int) -> Table:
    rows = [[Cell(name), voice.cell(one), Cell(str(one.n))] for name, one in shares.items()]
    return Table(voice(caption, **values), [voice(head), voice("head.share"), voice("head.lists_said")], rows)
