"""A plan as a Whoosh query, and the weight of each field in its score."""

from collections.abc import Iterable, Mapping
from typing import Any

from whoosh import query as whoosh_query
from whoosh import scoring

from .plan import Choice, Group, Plan
from .whoosh_schema import WRITTEN, text_field

SHORT_FIELD = 5.0  # words; a field that is mostly empty has a tiny average, beside which any content looks too long


class FieldWeights(scoring.BM25F):
    """BM25F with a weight per field, applied when scoring, so that weights may change without a new index."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        """`weights` by name of text field; 1 for others."""
        super().__init__(B=0.75, K1=1.2)
        self._weights = {text_field(name): weight for name, weight in weights.items()}

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: int = 1) -> Any:
        """Whoosh's scorer for one word in one field."""
        if fieldname not in self._weights:
            return scoring.WeightScorer.for_(searcher, fieldname, text)
        scorer = super().scorer(searcher, fieldname, text, qf)
        if isinstance(scorer, scoring.BM25FScorer):
            scorer.idf *= self._weights[fieldname]
            scorer.avgfl = max(scorer.avgfl, SHORT_FIELD)
            scorer.setup(searcher, fieldname, text)
        return scorer


def required_query(plan: Plan, text_fields: Iterable[str]) -> whoosh_query.Query:
    """All groups of the plan at once; every word may be in any text field."""
    names = [text_field(name) for name in text_fields]
    return _all([_any([_choice(choice, names) for choice in group]) for group in plan.required])


def excluded_query(plan: Plan, text_fields: Iterable[str]) -> whoosh_query.Query | None:
    """Documents that must not be shown, if the plan names any."""
    names = [text_field(name) for name in text_fields]
    groups: tuple[Group, ...] = plan.excluded
    return _any([_choice(choice, names) for group in groups for choice in group]) if groups else None


def _choice(choice: Choice, names: list[str]) -> whoosh_query.Query:
    if choice.prefix:
        return whoosh_query.Prefix(WRITTEN, choice.words[0])
    if choice.adjacent and len(choice.words) > 1:
        return _any([whoosh_query.Phrase(name, list(choice.words), boost=choice.weight) for name in names])
    return _all([_word(word, names, choice.weight) for word in choice.words])


def _word(word: str, names: list[str], weight: float) -> whoosh_query.Query:
    return _any([whoosh_query.Term(name, word, boost=weight) for name in names])


def _all(queries: list[whoosh_query.Query]) -> whoosh_query.Query:
    return queries[0] if len(queries) == 1 else whoosh_query.And(queries)


def _any(queries: list[whoosh_query.Query]) -> whoosh_query.Query:
    return queries[0] if len(queries) == 1 else whoosh_query.Or(queries)
