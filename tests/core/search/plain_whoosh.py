"""Whoosh used as documented, one posting at a time: what the arrays must agree with."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from whoosh import query as whoosh_query
from whoosh import scoring
from whoosh.index import FileIndex

from repository.search.fields import CORE_FIELDS, TEXT_FIELDS
from repository.search.plan import Choice, Group, Plan, make_plan
from repository.search.whoosh_files import INDEX_NAME, SegmentStorage
from repository.search.whoosh_reading import SHORT_FIELD
from repository.search.whoosh_schema import READ_AS, ROW, WRITTEN, make_schema, text_field

WEIGHTS = {field.name: field.boost for field in TEXT_FIELDS}


def scores(folder: Path, question: str) -> dict[int, float]:
    """What Whoosh finds in the index in `folder` for a question, by id, with its score; 0 for a question of what not."""
    generation = folder / (folder / "current").read_text("ascii")
    index = FileIndex(SegmentStorage(generation), make_schema(CORE_FIELDS), INDEX_NAME)
    found: dict[int, float] = {}
    with index.searcher(weighting=FieldWeights(WEIGHTS)) as searcher:
        languages = frozenset(word.decode("ascii") for word in searcher.reader().lexicon(READ_AS))
        plan = make_plan(question, languages=languages)
        for leaf, _ in searcher.leaf_searchers() if searcher.doc_count_all() else ():
            found |= _found_in(leaf, plan)
    return found


def _found_in(leaf: Any, plan: Plan) -> dict[int, float]:
    reader = leaf.reader()
    unwanted = excluded_query(plan, WEIGHTS)
    left_out = set(reader.segment().deleted_docs())
    if unwanted is not None:
        left_out |= set(unwanted.matcher(leaf).all_ids())
    if plan.nothing:
        return {}
    if plan.required:
        places = dict(_scored(required_query(plan, WEIGHTS).matcher(leaf)))
    else:
        places = dict.fromkeys(range(reader.doc_count_all()), 0.0)
    return {reader.stored_fields(at)[ROW][0]: score for at, score in places.items() if at not in left_out}


def _scored(matcher: Any) -> Iterable[tuple[int, float]]:
    while matcher.is_active():
        yield matcher.id(), matcher.score()
        matcher.next()


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
        # Whoosh adds up the words that begin so when they are few, and not when they are many; here it is always one.
        return whoosh_query.ConstantScoreQuery(whoosh_query.Prefix(WRITTEN, choice.words[0]))
    if choice.adjacent and len(choice.words) > 1:
        return _any([whoosh_query.Phrase(name, list(choice.words), boost=choice.weight) for name in names])
    return _all([_word(word, names, choice.weight) for word in choice.words])


def _word(word: str, names: list[str], weight: float) -> whoosh_query.Query:
    return _any([whoosh_query.Term(name, word, boost=weight) for name in names])


def _all(queries: list[whoosh_query.Query]) -> whoosh_query.Query:
    return queries[0] if len(queries) == 1 else whoosh_query.And(queries)


def _any(queries: list[whoosh_query.Query]) -> whoosh_query.Query:
    return queries[0] if len(queries) == 1 else whoosh_query.Or(queries)
