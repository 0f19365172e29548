import json
from string import printable

from hypothesis import given
from hypothesis import strategies as st

from app.notifications.message import EventName, Message, fill_template
from tests.app.notifications.samples import NOON, hit, message


def test_a_message_comes_back_from_its_json() -> None:
    before = hit()

    after = Message.from_json(json.loads(json.dumps(before.to_json())), before.crop, before.frame)

    assert after == before


def test_every_message_has_an_id_of_its_own() -> None:
    assert len({message().id for _ in range(100)}) == 100


def test_a_template_is_filled_and_unknown_names_stay() -> None:
    assert fill_template("$plate at ${source}, $nothing", message()) == "AB12CDE at Gate, $nothing"


@given(st.text(printable + 'ÄШ"\\'))
def test_values_in_a_json_template_stay_inside_their_strings(note: str) -> None:
    filled = fill_template('{"text": "$detail"}', message(detail=note), in_json=True)

    assert json.loads(filled) == {"text": note}


def test_a_lost_source_is_told_in_words() -> None:
    lost = Message(EventName.SOURCE_LOST, NOON, "Gate", detail="refused the password")

    assert lost.describe() == "Gate: no connection. refused the password"
    assert lost.plate == ""
    assert lost.confidence is None
