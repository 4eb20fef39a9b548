"""The names of holidays are said in the language of the page."""

from plugins.physical_loans.calendars import NATIONAL_HOLIDAYS, national_holidays


def test_every_national_holiday_is_among_those_that_are_translated():
    named = {name for year in range(2025, 2036) for name in national_holidays(year).values()}
    parts = {part for name in named for part in name.split("; ")}
    assert parts <= set(NATIONAL_HOLIDAYS)
    assert named - set(NATIONAL_HOLIDAYS) <= {"Corpo de Deus; Dia de Portugal, de Camões e das Comunidades Portuguesas"}
