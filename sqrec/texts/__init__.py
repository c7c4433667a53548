"""Every sentence of answers and reports, by code and language."""

from sqrec.texts.say import LANGUAGES, Language, Texts, built_in_texts, explanation_texts, held_texts, report_texts, say

__all__ = ["LANGUAGES", "Language", "Texts", "built_in_texts", "explanation_texts", "held_texts", "report_texts", "say"]
