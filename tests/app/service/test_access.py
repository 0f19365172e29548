import stat
import sys

import pytest

from app.service.access import TOKEN_VARIABLE, RateLimit, is_authorised, load_token, token_path


def test_a_token_is_made_once_for_the_user_alone() -> None:
    token = load_token()

    assert load_token() == token
    assert len(token) >= 32
    if sys.platform != "win32":
        assert stat.S_IMODE(token_path().stat().st_mode) == 0o600


def test_the_environments_token_wins_and_a_short_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "x" * 16)
    assert load_token() == "x" * 16
    monkeypatch.setenv(TOKEN_VARIABLE, "guess")
    with pytest.raises(ValueError, match="too short"):
        load_token()


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("Bearer abc", True),
        ("bearer  abc", True),
        ("Bearer ab", False),
        ("Basic abc", False),
        ("", False),
        (None, False),
    ],
)
def test_only_the_whole_token_is_taken(header: str | None, wanted: bool) -> None:
    assert is_authorised(header, "abc") is wanted


def test_a_client_has_a_burst_and_then_its_rate() -> None:
    now = [0.0]
    limit = RateLimit(2.0, 3, lambda: now[0])

    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b")
    now[0] = 0.5
    assert [limit.allows("a"), limit.allows("a")] == [True, False]


def test_many_clients_do_not_fill_the_memory() -> None:
    limit = RateLimit(1.0, 1)
    for number in range(RateLimit.MOST_CLIENTS * 2):
        limit.allows(str(number))

    assert len(limit._clients) == RateLimit.MOST_CLIENTS
