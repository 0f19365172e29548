import cv2
import numpy as np
import pytest

from recognizer import checkpoint as checkpoints
from recognizer.align import WHOLE
from recognizer.config import PRESETS
from recognizer.exchange import UPRIGHT, Exchange, middles, set_upright
from recognizer.placing import Placer
from recognizer.reader import PlateReader, shipped_weights
from recognizer.synth import PlateGenerator

CONFIG = PRESETS["plates"]
LINE = CONFIG.steps // CONFIG.lines


def plate(text, ground=230, ink=20, size=(240, 60)):
    """A plate with its letters 28 pixels apart, the first at 10, and the middles of these as shares of the width."""
    image = np.full((size[1], size[0], 3), ground, np.uint8)
    for i, char in enumerate(text):
        cv2.putText(image, char, (12 + 28 * i, 44), cv2.FONT_HERSHEY_DUPLEX, 1.1, (ink,) * 3, 3)
    return image, [(22 + 28 * i) / size[0] for i in range(len(text))]


def upright(text, **look):
    image, places = plate(text, **look)
    found = set_upright(image, UPRIGHT, text, places)
    assert found is not None
    return found


def test_edges_stand_between_the_characters_even_where_the_middles_are_off():
    image, places = plate("HEM48N")
    off = [place + 8 / 240 for place in places]
    found = set_upright(image, UPRIGHT, "HEM48N", off)
    grey = found.image[12:48].min(axis=(0, 2))
    assert len(found.edges) == 7
    assert (np.diff(found.edges) > 20).all()
    assert (grey[found.edges[1:-1]] > 150).all(), "an edge goes through a letter"


@pytest.mark.parametrize("quad", [UPRIGHT * 0.1, UPRIGHT + np.float32(0.2)])
def test_a_plate_that_is_too_small_or_cut_by_its_crop_is_left_out(quad):
    image, places = plate("HEM48N")
    assert set_upright(image, quad, "HEM48N", places) is None


def test_two_letters_are_too_few_to_tell_how_far_apart_they_are():
    image, places = plate("HE")
    assert set_upright(image, WHOLE, "HE", places) is None


def log_probs(**runs):
    """Log probabilities (T, K) whose best path has each character at the steps given, and blanks between."""
    path = np.zeros(CONFIG.steps, int)
    for char, steps in runs.items():
        path[list(steps)] = CONFIG.alphabet.encode(char)
    scores = np.full((CONFIG.steps, CONFIG.alphabet.classes), -9.0, np.float32)
    scores[np.arange(CONFIG.steps), path] = -0.01
    return scores


def test_middles_are_those_of_the_runs_of_the_best_path():
    first = middles(log_probs(A=(2, 3), B=(7,)), "AB", CONFIG)
    second = middles(log_probs(A=(LINE + 2, LINE + 3), B=(LINE + 7,)), "AB", CONFIG)
    assert first == second == pytest.approx([3 / LINE, 7.5 / LINE])


def test_no_middles_of_another_text_or_of_two_lines():
    assert middles(log_probs(A=(2,), B=(7,)), "AC", CONFIG) is None
    assert middles(log_probs(A=(2,), B=(LINE + 7,)), "AB", CONFIG) is None


def test_characters_are_exchanged_with_those_of_their_kind():
    plates = [upright(text) for text in ("HEM48N", "KAR31B", "NUT05Z", "BEM77K")]
    exchange, rng = Exchange(plates), np.random.default_rng(3)
    drawn = [exchange.draw(rng)[1] for _ in range(200)]
    known = {plate.text for plate in plates}
    assert len(set(drawn) - known) > 50
    assert {tuple(char.isdigit() for char in text) for text in drawn} == {(False, False, False, True, True, False)}


def test_what_was_exchanged_looks_like_the_other_character_in_the_plates_own_colours():
    dark, light = upright("HEM48N"), upright("KAR31B", ground=160, ink=90)
    exchange = Exchange([dark, light])
    rng = np.random.default_rng(1)
    for _ in range(50):
        image, text = exchange.draw(rng)
        own = min((dark, light), key=lambda plate: abs(float(np.median(image)) - float(np.median(plate.image))))
        for place, char in enumerate(text):
            if char == own.text[place]:
                continue
            left, right = own.edges[place] + 5, own.edges[place + 1] - 5
            inside = image[14:46, left:right]
            assert abs(int(inside.max()) - int(own.high[0])) < 30
            assert abs(int(np.percentile(inside, 5)) - int(own.low[0])) < 45


def test_light_letters_do_not_come_onto_light_plates():
    exchange = Exchange([upright("HEM48N"), upright("KAR31B", ground=20, ink=230)])
    rng = np.random.default_rng(5)
    letters = {char for _ in range(60) for char in exchange.draw(rng)[1]}
    mixed = [
        text
        for text in (exchange.draw(rng)[1] for _ in range(60))
        if set(text) & set("HEM48N") and set(text) & set("KAR31B")
    ]
    assert letters
    assert not mixed


def test_the_same_random_numbers_make_the_same_plate():
    exchange = Exchange([upright(text) for text in ("HEM48N", "KAR31B", "NUT05Z")])
    first, second = (exchange.draw(np.random.default_rng(9)) for _ in range(2))
    assert first[1] == second[1]
    assert (first[0] == second[0]).all()


def test_the_shipped_reader_reads_what_was_exchanged():
    generator, rng = PlateGenerator(["DE", "UZ"], seed=4), np.random.default_rng(4)
    drawn = [generator.render(rng) for _ in range(60)]
    start = checkpoints.load(shipped_weights())
    placer = Placer.of(start)
    crops, texts = [plate for plate, _, _ in drawn], [text for _, text, _ in drawn]
    plates = placer.upright(start.network, crops, placer.find(crops), texts)
    assert len(plates) > 30
    exchange = Exchange(plates)
    mixed = [exchange.draw(rng) for _ in range(60)]
    assert len({text for _, text in mixed} - set(texts)) > 40
    readings = PlateReader(device="torch").read([image for image, _ in mixed])
    assert sum(reading.text == text for reading, (_, text) in zip(readings, mixed, strict=True)) > 45
