from app.bench.gpu import Load


def test_without_a_card_nobody_tells_how_busy_it_is() -> None:
    with Load(wanted=False) as load:
        pass
    assert load.busy == -1.0
