"""Controlled vocabularies: data files with Portuguese, English, Swedish and German labels, and their reader."""

from repository.vocabularies.collection import Suggestion, Vocabularies
from repository.vocabularies.spelling import spelling_key
from repository.vocabularies.terms import LOCALES, Term, Vocabulary

__all__ = ["LOCALES", "Suggestion", "Term", "Vocabularies", "Vocabulary", "spelling_key"]
