"""The columns of an inventory: what they are called, and how each is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plugins.physical_loans import reading
from plugins.physical_loans.categories import Category, categories
from plugins.physical_loans.models import CopyState
from repository.api import N_, Invalid, Vocabularies, Vocabulary, fold, spelling_key

Reader = Callable[[str], Any]
NAMES: dict[str, tuple[str, ...]] = {
    "inventory": ("N.º de inventário", "inventário", "número de inventário", "n.º inv.", "inv.", "código", "cota interna",
                  "etiqueta", "inventory", "inventory number"),
    "title": ("Título", "designação", "nome", "material", "equipamento", "descrição do bem", "artigo", "item", "title"),
    "category": ("Tipo", "categoria", "tipo de material", "família", "type", "category"),
    "level": ("Nível", "níveis", "nível de ensino", "ciclo", "ciclos", "level"),
    "year": ("Ano", "anos", "ano de escolaridade", "year"),
    "discipline": ("Disciplina", "disciplinas", "área disciplinar", "discipline", "subject"),
    "group": ("Grupo", "grupos", "grupo de recrutamento", "GR", "group"),
    "stock": ("Quantidade", "qtd", "qt.", "quant.", "n.º de unidades", "unidades", "quantity"),
    "unit_name": ("Unidade", "nome da unidade", "unit"),
    "desk": ("Balcão", "desk"),
    "place": ("Local", "localização", "sala", "armário", "onde está", "arrumação", "place", "location"),
    "owner": ("Proprietário", "dono", "pertence a", "entidade", "owner"),
    "condition": ("Conservação", "estado de conservação", "estado do bem", "condition"),
    "state": ("Situação", "estado", "disponibilidade", "state", "status"),
    "weight": ("Peso", "peso (kg)", "weight"),
    "value": ("Valor", "valor (€)", "preço", "valor de aquisição", "value"),
    "checked_on": ("Verificado em", "última verificação", "data da verificação", "conferido em", "checked"),
    "parts": ("Peças", "componentes", "conteúdo", "o que vem na caixa", "parts", "components"),
    "needs": ("Precisa de", "requisitos", "needs"),
    "training": ("Formação", "formação necessária", "training"),
    "preparation_days": ("Dias de preparação", "preparação"),
    "turnaround_days": ("Dias de conferência", "conferência"),
    "summary": ("Resumo", "descrição", "summary", "description"),
    "keywords": ("Palavras-chave", "etiquetas de pesquisa", "keywords"),
    "isbn": ("ISBN",),
    "shelf_mark": ("CDU", "cota"),
    "note": ("Observações", "obs.", "nota", "notas", "note"),
}  # fmt: skip
PART_NAMES: dict[str, tuple[str, ...]] = {
    "title": NAMES["title"],
    "part": ("Peça", "componente", "part"),
    "expected": ("Quantidade", "qtd", "quantas", "n.º", "quantity"),
    "essential": ("Essencial", "indispensável", "essential"),
    "consumable": ("Gasta-se", "consumível", "consumable"),
}
EXAMPLE = {
    "inventory": "ROB-01",
    "title": "Robôs de chão, caixa de turma",
    "category": "Robôs de chão e primeiros robôs",
    "level": "1.º ciclo",
    "year": "1|2",
    "stock": "1",
    "place": "Armário 2",
    "owner": "",
    "condition": "bom",
    "state": "disponível",
    "weight": "4,2 kg",
    "value": "420,00",
    "checked_on": "14/09/2026",
    "parts": "6 Robô*; 1 Base de carregamento*; 2 Tapete; 12 Pilhas (gasta-se)",
    "note": "",
}
OF_COPY = ("stock", "place", "owner", "condition", "weight", "value", "checked_on", "note")
OF_THING = (
    "category", "level", "year", "discipline", "group", "unit_name", "needs", "training", "preparation_days",
    "turnaround_days", "summary", "keywords", "isbn", "shelf_mark",
)  # fmt: skip
CONDITIONS = {
    "new": ("novo", "nova", "new", "por estrear"),
    "good": ("bom", "boa", "good", "em bom estado"),
    "worn": ("usado", "usada", "razoável", "gasto", "worn", "used"),
    "damaged": ("danificado", "danificada", "mau", "avariado", "partido", "damaged"),
}
STATES = {
    CopyState.AVAILABLE: ("disponível", "ativo", "em uso", "ao serviço", "available"),
    CopyState.REPAIR: ("em reparação", "em manutenção", "avariado", "repair"),
    CopyState.ON_SITE: ("uso no local", "só no local", "usar no local", "LED", "on site"),
    CopyState.LOST: ("perdido", "extraviado", "lost"),
    CopyState.WRITTEN_OFF: ("abatido", "abate", "inativo", "written off"),
}
NEEDS = {
    "power": ("tomada", "eletricidade", "corrente", "energia", "tomada elétrica", "power"),
    "wifi": ("wi-fi", "wifi", "internet", "rede"),
    "app": ("aplicação", "app", "programa", "software", "aplicação instalada"),
}
_part = re.compile(r"(?:(\d{1,6})\s*(?:x|×)?\s+)?(.+?)(?:\s*[(:×x]\s*(\d{1,6})\s*\)?)?")


@dataclass(frozen=True)
class Columns:
    """The header's word for each known field, and the words that nobody knows."""

    found: Mapping[str, str]
    unknown: tuple[str, ...]


def readers(vocabularies: Vocabularies) -> dict[str, Reader]:
    """Return how each column is read."""
    lists = {"level": "levels", "year": "years", "discipline": "disciplines", "group": "groups"}
    line = ("inventory", "title", "unit_name", "desk", "place", "owner", "training", "isbn", "shelf_mark")
    return dict.fromkeys(line, reading.one_line) | {
        "category": _category,
        "stock": reading.whole,
        "condition": lambda text: _meant(text, CONDITIONS),
        "state": lambda text: _meant(text, STATES),
        "weight": reading.grams,
        "value": reading.cents,
        "checked_on": reading.day,
        "parts": parts,
        "needs": lambda text: [_meant(part, NEEDS) for part in reading.several(text.replace(",", ";"))],
        "preparation_days": reading.whole,
        "turnaround_days": reading.whole,
        "summary": str,
        "keywords": lambda text: reading.several(text.replace(",", ";")),
        "note": str,
        **{name: _codes(vocabularies[vocabulary]) for name, vocabulary in lists.items()},
    }


def _codes(vocabulary: Vocabulary) -> Reader:
    def read(text: str) -> list[str]:
        whole = vocabulary.find(text)
        return [whole] if whole else list(dict.fromkeys(_known(vocabulary, part) for part in _split(text)))

    return read


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[|;,\n]", text) if part.strip()]


def _known(vocabulary: Vocabulary, text: str) -> str:
    found = vocabulary.find(text)
    if found is None:
        raise Invalid(N_("«%(text)s» não está na lista."), text=reading.one_line(text)[:80])
    return found


def _begins(text: str, known: Category) -> bool:
    """Return whether a few words begin what the kind is called: «Robôs de chão» for «Robôs de chão e primeiros robôs»."""
    return len(text) > 3 and any(f"{fold(label)} ".startswith(f"{text} ") for label in known.labels.values())


def _category(text: str) -> str:
    key = spelling_key(text)
    for code, known in categories().items():
        if key in {spelling_key(word) for word in (code, *known.labels.values())}:
            return code
    words = " ".join(fold(text).split())
    begun = [code for code, known in categories().items() if _begins(words, known)]
    near = [code for code, known in categories().items() if {words, *words.split()} & set(fold(known.words).split())]
    for found in (begun, near):
        if len(found) == 1:
            return found[0]
    raise Invalid(N_("«%(text)s» não é um tipo que se conheça."), text=reading.one_line(text)[:80])


def _meant(text: str, words: Mapping[Any, tuple[str, ...]]) -> Any:
    key = spelling_key(text)
    for code, synonyms in words.items():
        if key in {spelling_key(word) for word in (str(code), *synonyms)}:
            return code
    known = ", ".join(synonyms[0] if synonyms else str(code) for code, synonyms in words.items())
    raise Invalid(N_("«%(text)s» não está na lista: %(known)s."), text=reading.one_line(text)[:80], known=known)


def parts(text: str) -> list[dict[str, Any]]:
    """Return the parts that a cell lists: «6 Robô*; 1 Base; 12 Pilhas (gasta-se)»; * is essential. Raises Invalid."""
    return [part_of(piece) for piece in re.split(r"[;|\n]", text) if piece.strip()]


def part_of(text: str) -> dict[str, Any]:
    """Return one part as it is written. Raises Invalid when there is no name."""
    written = reading.one_line(text)
    consumable = bool(re.search(r"\((?:gasta-se|consum[ií]vel)\)", written, re.IGNORECASE))
    written = re.sub(r"\((?:gasta-se|consum[ií]vel)\)", "", written, flags=re.IGNORECASE).strip()
    essential, written = "*" in written, written.replace("*", "").strip()
    found = _part.fullmatch(written)
    if not found or not found[2].strip() or found[2].isdecimal():
        raise Invalid(N_("Não se percebe a peça «%(text)s». Escreva por exemplo 6 Robô."), text=text.strip()[:80])
    expected = int(found[1] or found[3] or 1)
    return {"name": found[2].strip(), "expected": expected, "essential": essential, "consumable": consumable}
