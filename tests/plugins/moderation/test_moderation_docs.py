"""The table of acts in the documentation is the table of the code."""

from pathlib import Path

from plugins.moderation.acts import ACTS
from plugins.moderation.reasons import KINDS, SHIPPED, reasons_for

PAGE = Path(__file__).parents[3] / "docs" / "moderation.md"


def test_the_page_shows_the_table_of_acts() -> None:
    rows = [
        f"| `{name}` | {', '.join(act.reviews)} | {', '.join(act.items)} | {act.needs} | {act.review_after or 'as before'} "
        f"| {act.item_after or 'as before'} | {'yes' if act.noted else 'no'} |"
        for name, act in ACTS.items()
    ]
    written = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert written == rows


def test_the_ready_texts_are_there_in_both_languages_and_one_may_bring_ones_own(tmp_path: Path) -> None:
    shipped = {locale: reasons_for({"moderation_reasons": ""}, locale) for locale in ("pt_PT", "en")}
    for kind in KINDS:
        assert len(shipped["pt_PT"][kind]) == len(shipped["en"][kind]) > 0
    (tmp_path / "pt_PT.toml").write_text('[[ask]]\ntitle = "Um"\ntext = "Só um?"\n', "utf-8")
    own = reasons_for({"moderation_reasons": str(tmp_path)}, "en")
    assert [reason.text for reason in own["ask"]] == ["Só um?"]
    assert SHIPPED.is_dir()
