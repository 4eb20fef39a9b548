"""What is noticed in a short text: names as pupils have them, and the numbers and addresses of private persons."""

import pytest

from plugins.moderation.checks.short_texts import doubts


def noticed(text):
    return [found.params["found"] for found in doubts(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("O Tiago não conseguiu.", ["Tiago"]),
        ("Tiago gostou.", ["Tiago"]),
        ("Hoje Tiago Silva e a Inês ajudaram. O Tiago Silva outra vez.", ["Tiago Silva", "Inês"]),
        ("Com a Maria do Carmo Lopes, do 4.º A.", ["Maria do Carmo Lopes"]),
        ("Ficou com a Clara, que lê pouco.", ["Clara"]),
        ("O Joa\u0303o Silva leu depressa.", ["João Silva"]),
        ("O João-Pedro leu depressa.", ["João-Pedro"]),
        ("Mãe: 912 345 678 ou mae.da.ines@gmail.com", ["912 345 678", "mae.da.ines@gmail.com"]),
        ("o guilherme adorou", ["guilherme"]),
        ("MATILDE ADOROU", ["MATILDE"]),
        ("a leonor do 2 A chorou quando o saco rebentou", ["leonor"]),
        ("o tomás e a inês, o João e o joão", ["João", "tomás", "inês", "joão"]),
        ("NIF 123 456 789", ["123 456 789"]),
    ],
)
def test_names_and_numbers_of_people_are_noticed_each_once(text, found):
    assert noticed(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dobrar antes de dar os nomes: só no fim se escreveu um quarto e um oitavo.",
        "Clara e simples. Rosa foi a cor que escolheram. Graça não faltou.",
        "Lemos Fernando Pessoa, e depois um conto de José Saramago.",
        "Na Escola Básica Gil Vicente e na Escola D. Maria II, perto da Rua Augusta.",
        "Pelo dia de São Martinho, com a professora Ana Lopes.",
        "22 alunos, 3.º e 4.º ano juntos; 2024 e 912 peças.",
        "vitória da turma clara: uma rosa, uma flor, o mel, o gil e a luz; ele lia e eu disse: tomas nota, valeria a pena",
        "UMA FOLHA DE EVA E A TABELA COM O HÉLIO; ler fernando pessoa e FERNANDO PESSOA",
        "na escola eb josé saramago, pelo são joão, com a professora ana",
        "https://exemplo.pt/joana e www.joana.pt, banho-maria e martim-pescador",
        "Perguntem a geral@escola.pt ou à biblioteca@agrupamento.pt.",
    ],
)
def test_what_names_no_pupil_is_not_asked_about(text):
    assert noticed(text) == []
