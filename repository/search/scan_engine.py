"""The plainest engine: it reads every document for every question.

It answers from the database's rows while there is no index, and in tests it is the yardstick: same questions, same
totals and counts, without an index in which to make a mistake.
"""

import heapq
import math
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .analysis import Token, all_stems, fold, foreign_stem, language_of, plain, sort_key, stem, tokens
from .completing import completed
from .document import SearchDocument
from .engine import TooMuchToRead
from .fields import CORE_FIELDS, TEXT_FIELDS, FieldKind, SearchField
from .order import GENTLY, effective_sort, enough, facet_counts, preferred, timestamp
from .page import SearchPage
from .plan import LEAST_ALIKE, VALUE_WEIGHT, Choice, Group, Plan, likeness, make_plan
from .request import SearchRequest
from .spelling import distance, suggested_question
from .synonyms import Synonyms

FEW_RESULTS = 3
MOST_TITLES = 8


@dataclass(frozen=True, slots=True)
class _Read:
    """A document with the places of its stems by field, and its folded words with how they are written."""

    document: SearchDocument
    stems: Mapping[str, Mapping[str, list[int]]]
    written: Mapping[str, str]
    title_words: tuple[str, ...]


class ScanEngine:
    """Documents in memory, or asked for anew at each question."""

    def __init__(
        self,
        documents: Callable[[], Iterable[SearchDocument]] | None = None,
        fields: Iterable[SearchField] = CORE_FIELDS,
        synonyms: Synonyms | None = None,
        state: Callable[[], Hashable] | None = None,
        patience_s: float = math.inf,
    ) -> None:
        """With `documents` that call is the truth, and `update` and `rebuild` change nothing.

        While `state` returns what it returned before, the documents are those of before, and are not asked for again.
        Where reading them takes more of a processor than `patience_s`, nothing is answered: TooMuchToRead is raised.
        """
        self._fields = tuple(fields)
        self._weights = {field.name: field.boost for field in self._fields if field.kind == FieldKind.TEXT}
        self._values = [field.name for field in self._fields if field.kind != FieldKind.TEXT]
        self._facets = [field.name for field in self._fields if field.facet and field.kind != FieldKind.TEXT]
        self._source = documents
        self._state = state
        self._read_in: Hashable = None
        self._patience_s = patience_s
        self._synonyms = synonyms
        self._read: dict[int, _Read] = {}
        self._writes = 0

    def search(self, request: SearchRequest, labels: frozenset[str]) -> SearchPage:
        """The page of documents that carry one of `labels`."""
        started = time.perf_counter()
        visible = self._visible(labels)
        total, ids, counts, exact = self._answer(request, visible)
        suggestion = None
        if request.q and request.per_page and visible:
            listed = self._synonyms.words if self._synonyms else ()
            known = _VisibleLexicon(visible)
            suggestion = suggested_question(request.q, known, listed, by_chance=exact >= FEW_RESULTS)
            better = self._answer(request.changed(q=suggestion), visible) if suggestion else None
            if better and better[3] <= exact:
                suggestion = None
        facets = {name: facet_counts(counts[name], request.filters.get(name, ())) for name in self._facets}
        took_ms = (time.perf_counter() - started) * 1000
        return SearchPage(total, exact, ids, facets, suggestion, took_ms, relaxed=total > 0 == exact)

    def suggest(self, prefix: str, labels: frozenset[str]) -> list[str]:
        """Up to eight titles with words that begin like the words typed so far."""
        words = [token.folded for token in tokens(plain(prefix[:100]))]
        if not words or (len(words) == 1 and len(words[0]) < 2):
            return []
        whole = sort_key(prefix[:100]).partition("\x00")[0]
        ranked = [
            (not sort_key(title).startswith(whole), -timestamp(read.document.date), title)
            for read in self._visible(labels)
            if (title := plain(read.document.title)) and _begins(read.title_words, words)
        ]
        best = heapq.nsmallest(MOST_TITLES * 4, ranked)
        return list(dict.fromkeys(title for _, _, title in best))[:MOST_TITLES]

    def complete(self, beginning: str, labels: frozenset[str]) -> list[str]:
        """Up to four ways to complete the last word typed, with the words before it."""
        return completed(beginning, _VisibleLexicon(self._visible(labels)))

    def like(self, document: SearchDocument, labels: frozenset[str], most: int) -> list[int]:
        """The ids of up to `most` documents that are most like this one; none far behind the first."""
        plan = likeness(document)
        others = [read for read in self._visible(labels) if read.document.id != document.id]
        found = [read for read in others if _meets(read, plan, plan.core, plan.most)]
        keys = self._keys(found, set(), plan, SearchRequest(document.title))
        nearest = heapq.nsmallest(most, keys)
        return [int(key[-1]) for key in nearest if -float(key[1]) >= LEAST_ALIKE * -float(nearest[0][1])]

    def preload(self) -> None:
        """Nothing: there is nothing that would be quicker afterwards."""

    def update(self, documents: Iterable[SearchDocument], deleted: Iterable[int] = ()) -> None:
        """Replace, add and delete; an id that is in both is deleted."""
        removed = set(deleted)
        fresh = {document.id: self._reading(document) for document in documents if document.id not in removed}
        kept = {identifier: read for identifier, read in self._read.items() if identifier not in removed}
        self._read, self._writes = kept | fresh, self._writes + 1

    def rebuild(self, documents: Iterable[SearchDocument]) -> None:
        """Hold exactly these documents; of several with the same id the first counts."""
        fresh: dict[int, _Read] = {}
        for document in documents:
            if document.id not in fresh:
                fresh[document.id] = self._reading(document)
        self._read, self._writes = fresh, self._writes + 1

    def ids(self) -> set[int]:
        """The ids of all documents."""
        return set(self._current())

    def count(self) -> int:
        """How many documents there are."""
        return len(self._current())

    def generation(self) -> str:
        """The number of writes so far."""
        return str(self._writes)

    def answering(self) -> str:
        """The same: there is no state before it."""
        return self.generation()

    def use(self, synonyms: Synonyms) -> None:
        """Read questions with these synonyms from now on."""
        self._synonyms = synonyms

    def write_apart(self) -> None:
        """Nothing is written: documents are held by whoever asks."""

    def close(self) -> None:
        """Forget the documents read."""
        self._read, self._read_in = {}, None

    def _current(self) -> dict[int, _Read]:
        if self._source is None:
            return self._read
        state = (
            self._state() if self._state else None
        )  # before they are read: what changes meanwhile is read the next time
        if state is not None and state == self._read_in:
            return self._read
        fresh: dict[int, _Read] = {}
        until = time.thread_time() + self._patience_s
        for document in self._source():
            if time.thread_time() > until:
                raise TooMuchToRead(f"{self._patience_s} s were not enough to read what is searched")
            known = self._read.get(document.id)
            fresh[document.id] = known if known and known.document == document else self._reading(document)
        self._read, self._read_in = fresh, state
        return fresh

    def _visible(self, labels: frozenset[str]) -> list[_Read]:
        return [read for read in self._current().values() if read.document.labels & labels]

    def _reading(self, document: SearchDocument) -> _Read:
        stems: dict[str, dict[str, list[int]]] = {}
        written: dict[str, str] = {}
        language = language_of(document.language)
        for name in self._weights:
            text = plain(document.words_of(name))
            places = stems.setdefault(name, {})
            for place, token in enumerate(tokens(text)):
                places.setdefault(token.stem, []).append(place)
                if language and (other := foreign_stem(token.folded, language)):
                    places.setdefault(other, []).append(place)
                written[token.folded] = text[token.start : token.end].lower()
        titled = tuple(token.folded for token in tokens(plain(document.title)))
        return _Read(document, stems, written, titled)

    def _answer(
        self, request: SearchRequest, visible: list[_Read]
    ) -> tuple[int, tuple[int, ...], dict[str, Counter[str]], int]:
        plan = make_plan(request.q, self._synonyms, meant=request.meant)
        wanted = [read for read in visible if read.document.id not in request.without]
        found = [read for read in wanted if _meets(read, plan, plan.required, len(plan.required))]
        exact = {read.document.id for read in found}
        if plan.most and len(found) < enough(request):
            most = [read for read in wanted if _meets(read, plan, plan.core, plan.most)]
            # Where filters leave nothing that was wanted, that is to be seen.
            if not found or any(self._passes(read, request) for read in found):
                found = most
        if plan.either and not found and enough(request):
            found = [read for read in wanted if _meets(read, plan, plan.core, 1)]
        counts: dict[str, Counter[str]] = {name: Counter() for name in self._facets}
        results = []
        for read in found:
            failed = [name for name, values in request.filters.items() if values and not self._has(read, name, values)]
            if not failed:
                results.append(read)
            for name in self._facets:
                if not failed or failed == [name]:
                    counts[name].update(read.document.values_of(name))
        until = request.offset + request.per_page
        keys = self._keys(results, exact, plan, request)
        best = heapq.nsmallest(until, keys) if request.offset < len(results) else []
        ids = tuple(int(key[-1]) for key in best[request.offset :])
        return len(results), ids, counts, sum(read.document.id in exact for read in results)

    def _passes(self, read: _Read, request: SearchRequest) -> bool:
        return all(self._has(read, name, values) for name, values in request.filters.items() if values)

    def _has(self, read: _Read, name: str, values: tuple[str, ...]) -> bool:
        return name in self._values and not set(values).isdisjoint(read.document.values_of(name))

    def _keys(
        self, results: list[_Read], exact: set[int], plan: Plan, request: SearchRequest
    ) -> Iterator[tuple[float | str | int, ...]]:
        sort = effective_sort(request)
        common = Counter(stem for read in results for stem in {stem for words in read.stems.values() for stem in words})
        for read in results:
            document = read.document
            if sort == "title":
                yield sort_key(document.title), 0, 0, document.id
                continue
            met = sum(self._has(read, name, values) for name, values in preferred(request))
            if sort == "date" or not plan.required:
                yield -met, -timestamp(document.date), -document.id, document.id
            else:
                score = self._score(read, plan, common, len(results)) * (1 + GENTLY * met)
                yield document.id not in exact, -score, -timestamp(document.date), -document.id, document.id

    def _score(self, read: _Read, plan: Plan, common: Mapping[str, int], total: int) -> float:
        score = 0.0
        for group in plan.required:
            for choice in group:
                if choice.values and _valued(read, choice.values):
                    score += VALUE_WEIGHT * choice.weight
                for word in () if choice.prefix else choice.words:
                    rarity = math.log(1 + (total + 1) / (1 + common[word]))
                    for name, weight in self._weights.items():
                        times = len(read.stems[name].get(word, ()))
                        score += choice.weight * weight * rarity * times / (times + 1.2)
        return score


class _VisibleLexicon:
    """The `Lexicon` of documents in memory."""

    def __init__(self, visible: list[_Read]) -> None:
        """Only these documents' words are known."""
        self._visible = visible

    def knows(self, token: Token) -> bool:
        """Whether a document has the word in any form."""
        wanted = all_stems(token)
        return any(stem in words for read in self._visible for words in read.stems.values() for stem in wanted)

    def writes(self, word: str) -> bool:
        """Whether a document has the folded word just so."""
        return any(word in read.written for read in self._visible)

    def near(self, word: str, errors: int) -> list[tuple[str, int]]:
        """Words near `word` and in how many documents they are."""
        counts = Counter(other for read in self._visible for other in read.written if other[:1] == word[:1])
        return [(other, count) for other, count in counts.items() if distance(word, other, errors) <= errors]

    def beginning(self, start: str, beside: Sequence[str]) -> dict[str, int]:
        """The words that begin with `start`, counted by stem among the documents that have all of `beside`."""
        having = [read for read in self._visible if all(_wrote(read, word) for word in beside)]
        words = {word for read in having for word in read.written if word.startswith(start)}
        return {word: sum(_wrote(read, word) for read in having) for word in words}

    def spelled(self, word: str) -> str:
        """The form most documents use."""
        forms = Counter(read.written[word] for read in self._visible if word in read.written)
        return forms.most_common(1)[0][0]


def _meets(read: _Read, plan: Plan, groups: tuple[Group, ...], least: int) -> bool:
    if plan.nothing or any(_chosen(read, choice) for group in plan.excluded for choice in group):
        return False
    return sum(any(_chosen(read, choice) for choice in group) for group in groups) >= least


def _wrote(read: _Read, word: str) -> bool:
    return any(stem(word) in read.stems.get(field.name, ()) for field in TEXT_FIELDS)


def _valued(read: _Read, values: Iterable[tuple[str, str]]) -> bool:
    return any(value in read.document.values_of(name) for name, value in values)


def _chosen(read: _Read, choice: Choice) -> bool:
    if choice.values:
        return _valued(read, choice.values)
    if choice.prefix:
        return any(word.startswith(choice.words[0]) for word in read.written)
    fields = [read.stems.get(choice.field, {})] if choice.field else list(read.stems.values())
    if choice.adjacent and len(choice.words) > 1:
        return any(_side_by_side(words, choice.words) for words in fields)
    if choice.exact and choice.exact not in read.written:
        return False
    return all(any(word in words for words in fields) for word in choice.words)


def _side_by_side(places: Mapping[str, list[int]], words: tuple[str, ...]) -> bool:
    starts = set(places.get(words[0], ()))
    for offset, word in enumerate(words[1:], 1):
        starts &= {place - offset for place in places.get(word, ())}
    return bool(starts)


def _begins(titled: tuple[str, ...], words: list[str]) -> bool:
    return set(words[:-1]) <= set(titled) and any(word.startswith(fold(words[-1])) for word in titled)
