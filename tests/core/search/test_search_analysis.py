"""Portuguese words meet their own forms and keep apart from others."""

from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from repository.search.analysis import Token, first_letters, fold, plain, sort_key, stems, tokens, words

SINGULAR_AND_PLURAL = """
    ação ações|adição adições|álbum álbuns|alemão alemães|aluno alunos|análise análises|anel anéis|animal animais
    apresentação apresentações|árvore árvores|atividade atividades|aula aulas|autor autores|avaliação avaliações
    azul azuis|base bases|biblioteca bibliotecas|caderno cadernos|capaz capazes|célula células|cidadão cidadãos
    ciência ciências|círculo círculos|civil civis|computador computadores|conto contos|cor cores|crise crises
    critério critérios|cultural culturais|decimal decimais|degrau degraus|difícil difíceis|digital digitais
    dimensão dimensões|direito direitos|disciplina disciplinas|divisão divisões|ditado ditados|docente docentes
    educação educações|equação equações|escola escolas|escritor escritores|espanhol espanhóis|exame exames
    exercício exercícios|experiência experiências|expressão expressões|fácil fáceis|ficha fichas|flor flores
    formador formadores|fóssil fósseis|fração frações|francês franceses|frase frases|função funções|funil funis
    gás gases|grau graus|guião guiões|herói heróis|hífen hífenes|história histórias|homem homens|hotel hotéis
    igual iguais|imagem imagens|inglês ingleses|inicial iniciais|instrumental instrumentais|item itens|jogo jogos
    jornal jornais|jovem jovens|juvenil juvenis|laboratório laboratórios|lei leis|lençol lençóis|lição lições
    linguagem linguagens|livre livres|livro livros|luz luzes|mãe mães|manual manuais|mão mãos|mapa mapas
    margem margens|material materiais|matriz matrizes|média médias|mês meses|mesa mesas|método métodos
    móvel móveis|mulher mulheres|multiplicação multiplicações|museu museus|nível níveis|nuvem nuvens|número números
    objetivo objetivos|opinião opiniões|órgão órgãos|país países|pão pães|papel papéis|perfil perfis|planeta planetas
    planificação planificações|poema poemas|português portugueses|potência potências|professor professores
    projeto projetos|proporção proporções|pastel pastéis|quartel quartéis|questão questões|raiz raízes|razão razões
    região regiões|rei reis|relatório relatórios|réptil répteis|revolução revoluções|rio rios|rubrica rubricas
    semestre semestres|ser seres|síntese sínteses|sol sóis|solução soluções|som sons|tecnologia tecnologias
    tese teses|teste testes|texto textos|têxtil têxteis|trabalho trabalhos|triângulo triângulos|túnel túneis
    turma turmas|útil úteis|verbo verbos|vez vezes|viagem viagens|visual visuais|vogal vogais|vulcão vulcões
    abril abris|abecedário abecedários|adjetivo adjetivos|advérbio advérbios|ângulo ângulos|arte artes|ator atores
    atlas atlas|barril barris|caderneta cadernetas|canção canções|capital capitais|caracol caracóis|carnaval carnavais
    certificado certificados|cientista cientistas|coleção coleções|composição composições|conjunção conjunções
    coração corações|cordel cordéis|cristal cristais|debate debates|década décadas|desenho desenhos|ecossistema ecossistemas
    eleição eleições|energia energias|ensaio ensaios|estação estações|estudante estudantes|exposição exposições
    figura figuras|floresta florestas|folha folhas|formação formações|galáxia galáxias|gráfico gráficos|grupo grupos
    guarda guardas|hospital hospitais|ideia ideias|ilha ilhas|instrumento instrumentos|investigação investigações
    jardim jardins|leitor leitores|lenda lendas|letra letras|limão limões|mamífero mamíferos|medalha medalhas
    melodia melodias|metal metais|molécula moléculas|monumento monumentos|motor motores|narrador narradores
    notícia notícias|oceano oceanos|operação operações|oração orações|papagaio papagaios|paisagem paisagens
    percentagem percentagens|perímetro perímetros|personagem personagens|pincel pincéis|pronome pronomes
    prova provas|reação reações|recurso recursos|refrão refrões|resumo resumos|rocha rochas|sessão sessões
    sinal sinais|sistema sistemas|substantivo substantivos|tabela tabelas|tambor tambores|teatro teatros
    temporal temporais|teorema teoremas|tribunal tribunais|varanda varandas|vetor vetores|vírgula vírgulas
    líquen líquenes|pólen pólenes|abdómen abdómenes|gérmen gérmenes|espécimen espécimenes|lúmen lúmenes|dólmen dólmenes
    worksheet worksheets|lesson lessons|class classes|game games|question questions|animal animals
"""
OLD_AND_NEW = """
    acção ação|acções ações|accionar acionar|actividade atividade|activo ativo|acto ato|actor ator|actual atual
    adopção adoção|arquitectura arquitetura|aspecto aspeto|baptismo batismo|carácter caráter|colecção coleção
    colectivo coletivo|concepção conceção|correcção correção|correcto correto|didáctico didático|direcção direção
    directo direto|director diretor|efectuar efetuar|Egipto Egito|electricidade eletricidade
    electrotecnia eletrotecnia|excepção exceção|exacto exato|fracção fração|fracções frações|inspecção inspeção
    intersecção interseção|lectivo letivo|leccionar lecionar|nocturno noturno|objecto objeto|objectivo objetivo
    óptica ótica|óptimo ótimo|percepção perceção|perspectiva perspetiva|projecto projeto|protecção proteção
    reacção reação|recepção receção|recta reta|rectângulo retângulo|respectivo respetivo|sector setor
    selecção seleção|subtracção subtração|tacto tato|tecto teto|trajectória trajetória|vector vetor
    auto-avaliação autoavaliação|auto-estima autoestima|anti-racismo antirracismo|co-autor coautor
"""
FEMININE = (
    "professor professora|aluno aluna|químico química|inglês inglesa|português portuguesa|alemão alemã|irmão irmã"
)
APART = """
    fração fraco|fração fracas|média médio|casa caso|mesa mês|facto fato|pacto pato|apto ato|fim fino
    conto conta|livro livre|ponto pontes|número numeral|história histeria|átomo tomo|poema poeta|rio riso
    objetivo objeto|mar mapa|som sol|país paz|potência potente|região registo|célula cela|verbo verba
    líquen líquidos|pólen polia|glúten glúteo|sémen semear|lúmen lume|albúmen álbum|Lesen les
"""


def pairs(text: str) -> list[tuple[str, str]]:
    split = [pair.split() for line in text.strip().splitlines() for pair in line.strip().split("|")]
    return [(first, second) for first, second in split]


def unaccented(word: str) -> str:
    return fold(word)


@pytest.mark.parametrize(("singular", "plural"), pairs(SINGULAR_AND_PLURAL))
def test_singular_and_plural_meet_with_and_without_accents(singular: str, plural: str) -> None:
    forms = [singular, plural, unaccented(singular), unaccented(plural), singular.upper(), normalize("NFD", plural)]
    assert len({tuple(stems(form)) for form in forms}) == 1


@pytest.mark.parametrize(("old", "new"), pairs(OLD_AND_NEW))
def test_old_and_new_spelling_meet_with_and_without_accents(old: str, new: str) -> None:
    assert stems(old) == stems(new) == stems(unaccented(old)) == stems(unaccented(new))


@pytest.mark.parametrize(("masculine", "feminine"), pairs(FEMININE))
def test_masculine_and_feminine_meet(masculine: str, feminine: str) -> None:
    assert stems(masculine) == stems(feminine)


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_different_words_keep_apart(one: str, other: str) -> None:
    assert stems(one) != stems(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.º 3º 3o 3.ª 3ª 3.o terceiro terceira", ["3º"] * 8),
        ("8.º ano, oitavo ano, 8 ano", ["8º", "ano"] * 3),
        ("2º ciclo segundo ciclo", ["2º", "cicl"] * 2),
        ("segundo o autor", ["segund", "o", "autor"]),
        ("décimo segundo ano decimo primeiro", ["12º", "ano", "11º"]),
        ("30 °C e 30°C", ["30", "c", "e", "30", "c"]),
        ("10.º-12.º", ["10º", "12º"]),
        ("12 anos", ["12", "ano"]),
        ("E.V.T. d'água 1,5 x² file_name", ["evt", "d", "agua", "1", "5", "x2", "fil", "nam"]),
        ("físico-química", ["fisic", "quimic"]),
    ],
)
def test_ordinals_abbreviations_and_joints_are_read_as_meant(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


def test_tokens_say_where_they_stand() -> None:
    text = plain(normalize("NFD", "A Fração do 3.º ano"))
    assert [text[token.start : token.end] for token in tokens(text)] == ["A", "Fração", "do", "3.º", "ano"]
    assert next(tokens("Frações")) == Token("fraca", "fracoes", 0, 7)


def test_titles_sort_as_a_reader_expects() -> None:
    titles = ["Zebra", "água", "Árvore", "abelha", "Ás", "(Avó)", "avô"]
    assert sorted(titles, key=sort_key) == ["abelha", "água", "Árvore", "Ás", "(Avó)", "avô", "Zebra"]


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_reading_is_stable(text: str) -> None:
    clean = plain(text)
    for token in tokens(clean):
        assert 0 <= token.start < token.end <= len(clean)
        assert token.stem
        assert token.stem.encode()
    assert plain(clean) == clean


@pytest.mark.parametrize("pair", pairs(SINGULAR_AND_PLURAL) + pairs(OLD_AND_NEW))
def test_the_first_letters_of_a_stem_begin_every_form_of_it(pair: tuple[str, str]) -> None:
    for form in pair:
        for token in tokens(form):
            assert fold(form).startswith(tuple(first_letters(token.stem)))


PIECES = [
    "3", ".", "º", "º ano", "12.º", "2026", "20°", "C", "ano", "Anos", "segundo", "Quinto", "décimo", "decima", "primeira",
    "primeiro", "co-primeira", "auto-avaliação", "E.V.T.", "fração", "frações", "—", "(ficha)", "a_b", "o", "\u0301", "ª",
    "x" * 99,
]  # fmt: skip


@example([("3", " "), ("º ano", "")])
@example([("segundo", " "), ("ano", "")])
@example([("décimo", " "), ("primeiro", "")])
@example([("20°", " "), ("C", "")])
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", "  ", "\u00a0", "\n", "\r\n", "\t"]))))
def test_words_read_piece_by_piece_are_those_that_are_read_in_their_place(pieces: list[tuple[str, str]]) -> None:
    text = plain("".join(piece + gap for piece, gap in pieces))
    whole = [(token.stem, token.folded, text[token.start : token.end].lower()) for token in tokens(text)]
    assert [(word.stem, word.folded) for word in words(text)] == [token[:2] for token in whole]
    assert [word.written.split(" ")[0] for word in words(text)] == [folded for _, folded, _ in whole]


@given(st.text())
def test_words_of_any_text_are_its_tokens(text: str) -> None:
    assert [word.folded for word in words(plain(text))] == [token.folded for token in tokens(plain(text))]
