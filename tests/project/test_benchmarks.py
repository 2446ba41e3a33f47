from importlib import import_module

import pytest

from benchmarks.__main__ import BENCHMARKS


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_of_the_report_can_be_begun(name):
    assert callable(import_module(f"benchmarks.{name}").run)
