import subprocess
from pathlib import Path

import pytest

from app.bench import compare, parts
from app.bench.figures import Measured


def test_pairs_are_measured_in_turns_and_divided_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = Path("here"), Path("there")
    order: list[Path] = []

    def measure(plan: parts.Plan, part: str, tree: Path) -> Measured:
        order.append(tree)
        noise = 1 + len(order) // 2  # the machine gets slower and slower
        return Measured(part, (), dict.fromkeys(compare.COMPARED[part], noise * (1.0 if tree == here else 2.0)))

    monkeypatch.setattr(compare, "measure", measure)
    plan = parts.Plan(None, parts=("stills",))  # type: ignore[arg-type]
    (ratio,) = compare.compare(plan, here, there, 3, lambda _: None)
    assert order == [here, there, there, here, here, there]
    assert ratio.name == "still_ms"
    assert len(ratio.ratios) == 3


def test_a_revision_is_measured_by_its_own_bench_and_leaves_no_worktree(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "app" / "bench").mkdir(parents=True)
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    (root / "app" / "bench" / "worker.py").write_text("bench of then")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "old"], check=True)
    (root / "app" / "bench" / "worker.py").write_text("bench of now")
    with compare.worktree(root, "HEAD") as tree:
        assert (tree / "app" / "bench" / "worker.py").read_text() == "bench of then"
    listed = subprocess.run([*git, "worktree", "list"], capture_output=True, text=True, check=True).stdout
    assert len(listed.splitlines()) == 1
    with pytest.raises(compare.RevisionError, match="no-such-revision"), compare.worktree(root, "no-such-revision"):
        pass
    subprocess.run([*git, "rm", "-q", "--cached", "app/bench/worker.py"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "none"], check=True)
    with pytest.raises(compare.RevisionError, match="has no bench"), compare.worktree(root, "HEAD"):
        pass
