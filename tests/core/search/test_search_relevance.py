"""A floor under the order of results; `python -m bench relevance` measures all questions, beside other engines."""

from functools import partial
from pathlib import Path

from bench.relevance.corpus import LABELS, generated
from bench.relevance.judging import DEPTH, judged, worth
from repository.indexing import WORDS
from repository.naming import with_meaning
from repository.search import CORE_FIELDS, SearchRequest
from repository.search.correcting import corrected
from repository.search.whoosh_engine import WhooshEngine
from repository.vocabularies import Vocabularies

EVERY = 3  # topics, so that the whole is quick


def test_the_order_of_results_is_worth_what_it_was(tmp_path: Path) -> None:
    held, read = generated(EVERY), partial(with_meaning, Vocabularies.load())
    asked = judged(held, known_only=True)
    engine = WhooshEngine(tmp_path, (*CORE_FIELDS, WORDS))
    engine.rebuild(material.document for material in held)
    answers = []
    for one in asked:
        request = read(SearchRequest(one.question, per_page=DEPTH))
        page, _ = corrected(engine, request, engine.search(request, LABELS), LABELS, read)
        answers.append((one, page.ids))
    engine.close()
    found = worth(answers)
    assert len(asked) >= 25
    assert found.success >= 0.95
    assert found.ndcg >= 0.80
