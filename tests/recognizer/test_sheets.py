import numpy as np

from recognizer.sheets import SheetTile, draw_contact_sheet


def test_a_sheet_grows_with_its_tiles_and_marks_what_differs():
    picture = np.full((30, 90, 3), 128, np.uint8)
    few = draw_contact_sheet([SheetTile(picture, "AB1", "AB1", 0.5, "a" * 200)], columns=2)
    many = draw_contact_sheet([SheetTile(picture, "AB1", "AX1", 0.5)] * 5, columns=2, title="worst")
    assert few.dtype == np.uint8 and few.shape[1] == many.shape[1] and many.shape[0] > 2 * few.shape[0]

    def red(sheet):
        return int(((sheet[:, :, 2] > 150) & (sheet[:, :, 0] < 90)).sum())

    assert red(few) == 0 and red(many) > 50
