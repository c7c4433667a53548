"""The report as one page: a first page to decide by, then everything it rests on, in Chinese and English."""

from importlib import resources

import jinja2

from sqrec.evaluate.report.evaluation import Evaluation
from sqrec.evaluate.report.page.blocks import Section, Voice
from sqrec.evaluate.report.page.first import FirstPage, first_page
from sqrec.evaluate.report.page.lists import list_sections
from sqrec.evaluate.report.page.model import model_sections
from sqrec.evaluate.report.page.people import people_sections
from sqrec.evaluate.report.page.ranking import ranking_sections
from sqrec.texts import LANGUAGES


def as_page(evaluation: Evaluation) -> str:
    """Return the report as one HTML page that needs nothing else: no script, no font, no image file."""
    text = (resources.files("sqrec.evaluate.report.page") / "page.html.j2").read_text(encoding="utf-8")
    pages = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    versions = {lang: _version(evaluation, Voice(lang)) for lang in LANGUAGES}
    return pages.from_string(text).render(versions=versions, voices={lang: Voice(lang) for lang in LANGUAGES})


def _version(evaluation: Evaluation, voice: Voice) -> tuple[FirstPage, list[Section]]:
    """Return the first page and all sections in one language."""
    makers = (ranking_sections, people_sections, list_sections, model_sections)
    found = [section for maker in makers for section in maker(evaluation, voice)]
    return first_page(evaluation, voice), [section for section in found if section.blocks]
