"""Names as files carry them: repaired, cut into words, without accents, whatever the spelling of a century ago."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

PARTICLES = frozenset(("de", "da", "do", "dos", "das", "d", "del", "di", "y"))
AND = "e"  # joins two people, unless it is part of somebody's name
STOPS = frozenset("&+;")
COMMA = ","
LETTERS = frozenset("áàâãéêíóôõúüçñºª–—’“”«»€")
# How a name goes wrong on its way: written in the second encoding, read in the first.
MIXED_UP = (
    ("cp437", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp850", "utf-8"),
    ("cp437", "cp850"),
    ("cp1252", "cp850"),
    ("latin-1", "cp850"),
    ("cp850", "cp1252"),
    ("cp437", "cp1252"),
)
# A course's files are called by these words, which say nothing of a person or of a subject.
GENERIC = frozenset(
    """ficha fichas trabalho trabalhos tarefa tarefas atividade atividades activity plano planos planificacao aula aulas
    relatorio reflexao final finais versao v entrega entregas produto portefolio portfolio material materiais recurso
    recursos documento doc docs ficheiro anexo anexos copia copy of de da do e o a os as novo nova corrigido corrigida
    revisto revista definitivo definitiva apresentacao slides powerpoint exercicio exercicios teste modulo sessao sessoes
    formando formanda formandos aluno aluna individual critica sequencia didatica projeto proposta guiao foto fotos imagem
    turma acao formacao oficina curso pdf docx pptx n no num numero nome autor autora prof professora professor dra dr
    meu minha enviado enviada submissao assignsubmission file scan digitalizado whatsapp image img""".split()
)
GIVEN = frozenset(
    """adelaide adriana adriano afonso aida albano alberto alda alexandra alexandre alfredo alice aline amelia ana anabela
    andre andreia angela antonia antonio armando artur augusto barbara beatriz bernardo bruna bruno camila carina carla
    carlos carlota carolina catarina catia celeste celia cesar clara claudia claudio conceicao cristiana cristiano cristina
    daniel daniela david debora delfina diana diogo dora duarte edgar eduarda eduardo elena elisa elsa emilia ernesto
    eugenia eva fabiana fabio fatima fernanda fernando filipa filipe filomena flavia francisca francisco gabriel gabriela
    gil gloria goncalo graca guilherme gustavo helder helena helga henrique hugo humberto ines irene isabel isaura ivo
    jacinta jaime joana joao joaquim jorge jose josefa julia juliana julio laura leandro leonor leticia lidia liliana
    lina lucia luciana luis luisa madalena mafalda manuel manuela marcelo marcia marco margarida maria mariana marilia
    marina mario marisa marta martim mateus matilde mauro miguel milena monica natalia natercia nelson nuno octavio
    odete olga olivia orlando oscar patricia paula paulo pedro rafael rafaela ramiro raquel raul rebeca renata ricardo
    rita roberto rodrigo rogerio romana rosa rosalia rosario rui ruben salome samuel sandra sara sergio silvia simao sofia
    sonia soraia susana tania telma teodora teresa tiago tomas valeria vanda vanessa vasco vera veronica victor vitor
    vitoria violeta virginia zelia zulmira marina mariana martinha luciano lurdes julieta juliano""".split()
)
SURNAMES = frozenset(
    """silva santos ferreira pereira oliveira costa rodrigues martins jesus sousa fernandes goncalves gomes lopes marques
    alves almeida ribeiro pinto carvalho teixeira moreira correia mendes nunes soares vieira monteiro cardoso rocha raposo
    neves coelho cruz cunha pires ramos reis simoes antunes matos fonseca machado araujo barbosa tavares lourenco castro
    figueiredo azevedo freitas magalhaes henriques amaral campos abreu pinho borges batista nogueira esteves""".split()
)
# Given names that are words of a lesson too: alone, they say nothing.
WORDS_TOO = frozenset(
    """rosa flora iris aurora vitoria violeta margarida esperanca luz gloria graca dores conceicao estrela mar alma paz
    leao sol serena clara branca celeste jasmim dalia hortensia magnolia marina natalia pascoa natal romana africa
    victoria leo luna oceana jesus mateus lucas marcos""".split()
)
ONLY_NAMES = GIVEN - WORDS_TOO
_camel = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ])")
_token = re.compile(r"[^\W\d_]+|\d+|[&+;,]")
_moodle = re.compile(r"_\d{3,}_assignsubmission_[a-z]+_?|_\d{5,}_(?=[^_/]*$)", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """One word of a name or a path; `key` has neither accents nor capitals, `old` no old spelling either."""

    key: str
    old: str
    single: bool  # one capital letter, as initials are written


def plain(text: str) -> str:
    """Return `text` in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def old_spelling(key: str) -> str:
    """Return what the old and foreign spellings of a name share: Luiz and Luís, Baptista and Batista, Thereza and Teresa."""
    for old, new in (("th", "t"), ("ph", "f"), ("pt", "t"), ("ct", "t"), ("z", "s"), ("y", "i"), ("w", "v")):
        key = key.replace(old, new)
    return re.sub(r"(.)\1", r"\1", key)


def words(text: str, *, camel: bool = True) -> list[Word]:
    """Return the words and numbers of `text` in order, with the marks that part people: & + ; and the comma."""
    text = unicodedata.normalize("NFC", text)
    found = _token.findall(_camel.sub(" ", text) if camel else text)
    return [Word(key := plain(part), old_spelling(key), len(part) == 1 and part.isupper()) for part in found]


def name_words(name: str) -> tuple[Word, ...]:
    """Return the words of a person's name without its particles."""
    return tuple(
        word
        for word in words(name, camel=False)
        if word.key not in PARTICLES and word.key.isalpha() and word.key != AND
    )


def repaired(name: str) -> str:
    """Return a name whose accents were lost between two encodings as it was meant, and any other as it is."""
    if _sounds_right(name):
        return name
    for read, written in MIXED_UP:
        try:
            meant = name.encode(read).decode(written)
        except UnicodeError:
            continue
        if _sounds_right(meant):
            return unicodedata.normalize("NFC", meant)
    return name


def _sounds_right(name: str) -> bool:
    composed = unicodedata.normalize("NFC", name)
    return all(char.isascii() or char.lower() in LETTERS for char in composed)


def segments(path: str) -> Iterator[tuple[str, bool]]:
    """Yield the folders of a path and then the file's name without its ending, each with whether it is a folder.

    What a learning platform puts before the file's name, such as `Ana Sá_123456_assignsubmission_file_`, is a folder.
    """
    *folders, last = path.split("/")
    for folder in folders:
        yield from ((part, True) for part in _moodle.split(folder) if part)
    stem = stem_of(last)
    *before, name = _moodle.split(stem)
    yield from ((part, True) for part in before if part)
    yield name, False


def stem_of(name: str) -> str:
    """Return the last part of a path without its ending."""
    last = name.rpartition("/")[2]
    return re.sub(r"(?<=.)\.[A-Za-z0-9]{1,5}\Z", "", last)
