from PyQt5.QtWidgets import QApplication

from app.gui.search.filters import FilterBar
from app.store.search import Query


def test_a_country_is_a_filter_of_its_own_and_cleared_with_the_others(qapp: QApplication) -> None:
    bar = FilterBar()
    bar.region.setText(" us-ca ")
    assert bar.query() == Query(region="us-ca")
    bar.clear()
    assert bar.query() == Query()
