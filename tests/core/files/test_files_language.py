"""The language of short texts, as they stand in titles and first lines."""

import pytest

from repository.files.language import detect

TEXTS = {
    "pt-PT": [
        "As frações no 5.º ano: guião do professor",
        "O que é uma fração?",
        "Ficha de trabalho sobre o sistema solar",
        "Lê o texto e responde às perguntas.",
        "A água e as plantas no jardim da escola",
        "Planificação anual de Matemática",
        "Os Lusíadas, de Luís de Camões",
        "Jogo de cartas para aprender a tabuada",
    ],
    "en": [
        "Fractions in the fifth grade: a guide for the teacher",
        "Read the text and answer the questions.",
        "The water cycle",
        "What is a fraction?",
        "How plants grow in the school garden",
    ],
    "fr": [
        "Les fractions au collège : guide du professeur",
        "Lis le texte et réponds aux questions.",
        "Le cycle de l'eau",
        "Qu'est-ce qu'une fraction ?",
        "Comment les plantes poussent dans le jardin de l'école",
    ],
    "es": [
        "Las fracciones en quinto curso: guía del profesor",
        "Lee el texto y responde a las preguntas.",
        "El ciclo del agua",
        "¿Qué es una fracción?",
        "Cómo crecen las plantas en el jardín de la escuela",
    ],
    "de": [
        "Brüche in der fünften Klasse: ein Leitfaden",
        "Lies den Text und beantworte die Fragen.",
        "Der Wasserkreislauf",
        "Was ist ein Bruch?",
        "Wie Pflanzen im Schulgarten wachsen",
    ],
    "sv": [
        "Bråk i årskurs fem: lärarhandledning",
        "Läs texten och svara på frågorna.",
        "Vattnets kretslopp",
        "Vad är ett bråk?",
        "Hur växter växer i skolans trädgård",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(tag, text) for tag, texts in TEXTS.items() for text in texts])
def test_a_short_text_tells_its_language(language, text):
    assert detect(text) == language


def test_what_a_template_declares_does_not_win_over_the_words():
    assert detect("As plantas precisam de água e de luz para crescerem.", "en-US") == "pt-PT"


def test_a_declared_region_is_kept():
    assert detect("As plantas precisam de água e de luz para crescerem.", "pt-BR") == "pt-BR"


def test_without_words_the_declaration_decides():
    assert detect("1 2 3", "uk") == "uk"
    assert detect("", "pt") == "pt-PT"
    assert detect("1 2 3") is None
    assert detect("", "não é nada") is None
