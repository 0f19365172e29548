"""The tutorial runs from top to bottom, learns to read, and shows what it says it shows."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "recognizer" / "tutorial.ipynb"


@pytest.fixture(scope="module")
def executed():
    """The notebook with its outputs, and the processor seconds it took: those a busy machine does not stretch."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    before = os.times()
    where = {"metadata": {"path": NOTEBOOK.parents[1]}}
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("OMP_NUM_THREADS", "1")  # on a busy machine several threads mostly wait for one another
        NotebookClient(notebook, timeout=1200, kernel_name="python3", resources=where).execute()
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return notebook, spent


def printed(notebook, tag):
    """What the cell with a tag printed."""
    (cell,) = (c for c in notebook.cells if tag in c.metadata.get("tags", []))
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


@pytest.mark.timeout(1800)
def test_it_runs_on_a_cpu_in_under_five_minutes_and_learns_to_read(executed):
    notebook, seconds = executed
    assert 0 < seconds < 300
    exact = float(re.search(r"exact ([\d.]+)%", printed(notebook, "evaluation")).group(1))
    assert exact > 75


def test_its_toy_reads_its_word_with_a_blank_between_the_doubles(executed):
    path = re.search(r"best path (\S+), collapsed (\S+)", printed(executed[0], "toy"))
    assert path.group(2) == "apple"
    assert re.search(r"p-+p", path.group(1))


def test_its_shapes_are_those_the_text_tells(executed):
    shapes = dict(re.findall(r"^(.+?) +(\d+ × .*)$", printed(executed[0], "shapes"), re.M))
    assert shapes == {
        "picture": "64 × 128 × 3",
        "feature map": "4 × 8 × 4",
        "vectors": "8 × 16",
        "after the LSTM": "8 × 64",
        "probabilities": "8 × 6",
    }


def test_it_draws_its_pictures(executed):
    pictures = [o for c in executed[0].cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(pictures) >= 9


def test_it_is_stored_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(not c.outputs and c.execution_count is None for c in notebook.cells if c.cell_type == "code")
