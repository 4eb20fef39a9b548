"""What the search bench writes and asks."""

from bench.search.questions import Question
from bench.search.report import with_section
from bench.search.served import address


def test_a_section_replaces_its_own_last_one_and_all_else_stays() -> None:
    text = "# Search\n\n## 20,000 documents of 900 words\n\nold\n\n## 100,000 documents of 900 words\n\nkept\n"
    text += "\n# Relevance\n\n## First\n"
    text = with_section(text, "## 2,000 documents of 900 words\n\nnew\n")
    text = with_section(text, "## 20,000 documents of 900 words\n\nnewer\n")
    assert "old" not in text
    found = [
        text.index(part) for part in ("## 2,000", "new\n", "## 20,000", "newer", "## 100,000", "kept", "# Relevance")
    ]
    assert found == sorted(found)
    assert text.endswith("kept\n\n# Relevance\n\n## First\n")


def test_a_question_is_asked_over_http_with_its_page_and_order_and_without_filters() -> None:
    asked = Question("phrase", "mapa do rio", (("discipline", "d1"),), "date", 20)
    assert address(asked) == "/search?q=%22mapa+do+rio%22&sort=date&page=20"
