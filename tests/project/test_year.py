"""A year of a few groups comes out as an oracle says that knows only the promises."""

import pytest

from benchmarks.year import PROGRAMS, Year, lives


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_year_brings_each_mail_on_its_day(smtp):
    year = Year(lives(18, 365), 365)
    assert year.live() == []
    assert {life.program for life in year.lives} == {program.name for program in PROGRAMS}
    assert len({kind for kind, _address, _day in year.sent}) > 5
