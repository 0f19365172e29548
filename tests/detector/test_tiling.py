import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.tiling import MAX_TILES, OVERLAP, Tile, make_grid, merge_tiles, tile_by_count, tile_by_size
from detector.types import Box, Detection

SIDES = st.integers(64, 8000)


@given(SIDES, SIDES, st.integers(1, 6), st.integers(1, 4))
def test_a_grid_covers_the_picture_and_stays_inside(width, height, columns, rows):
    tiles = make_grid(width, height, columns, rows)
    assert len(tiles) == columns * rows
    assert min(t.x1 for t in tiles) == 0 and min(t.y1 for t in tiles) == 0
    assert max(t.x2 for t in tiles) == width and max(t.y2 for t in tiles) == height
    assert all(0 <= t.x1 < t.x2 <= width and 0 <= t.y1 < t.y2 <= height for t in tiles)
    for left, right in itertools.pairwise(tiles):
        assert left.x2 - right.x1 >= 0.9 * OVERLAP * (left.x2 - left.x1) - 2


@given(SIDES, SIDES)
def test_automatic_tiles_keep_detail_unless_there_would_be_too_many(width, height):
    tiles = tile_by_size(width, height, 640)
    assert 1 <= len(tiles) <= MAX_TILES
    largest = max(max(t.x2 - t.x1, t.y2 - t.y1) for t in tiles)
    assert largest <= 640 * 1.5 + 1 or len(tiles) > MAX_TILES // 3 or min(width, height) > 640


def test_ordinary_video_is_one_tile_and_4k_is_several():
    assert len(tile_by_size(960, 540, 640)) == 1
    assert len(tile_by_size(3840, 2160, 640)) >= 6


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (2, (2, 1)), (4, (2, 2)), (6, (3, 2))])
def test_a_number_of_tiles_is_laid_out_nearest_to_squares(count, shape):
    tiles = tile_by_count(1600, 1000, count)
    assert len(tiles) == shape[0] * shape[1]
    assert len({t.x1 for t in tiles}) == shape[0]


def test_no_tiles_are_refused():
    with pytest.raises(ValueError, match="outside"):
        tile_by_count(100, 100, 0)


LEFT, RIGHT = Tile(0, 0, 600, 400), Tile(400, 0, 1000, 400)


def detection(x1, y1, x2, y2, score):
    return Detection(Box(x1, y1, x2, y2), score)


def test_a_plate_seen_whole_by_two_tiles_is_one():
    found = merge_tiles(
        [(LEFT, [detection(450, 100, 550, 130, 0.8)]), (RIGHT, [detection(51, 100, 150, 131, 0.9)])], 1000, 400
    )
    assert found == [detection(451, 100, 550, 131, 0.9)]


def test_the_whole_plate_wins_over_its_half_whatever_the_scores():
    half, whole = detection(560, 100, 599.5, 130, 0.95), detection(160, 100, 260, 130, 0.6)
    assert merge_tiles([(LEFT, [half]), (RIGHT, [whole])], 1000, 400) == [detection(560, 100, 660, 130, 0.6)]


def test_a_half_that_nothing_covers_stays():
    half = detection(560, 100, 599.5, 130, 0.95)
    assert merge_tiles([(LEFT, [half]), (RIGHT, [])], 1000, 400) == [half]


def test_a_plate_at_the_border_of_the_picture_is_not_cut():
    first, second = detection(0, 10, 80, 40, 0.5), detection(300, 10, 380, 40, 0.9)
    assert merge_tiles([(LEFT, [first, second]), (RIGHT, [])], 1000, 400) == [second, first]
