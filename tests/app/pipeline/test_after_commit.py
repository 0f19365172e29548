from concurrent.futures import Future

from app.pipeline.after_commit import AfterCommit, Receipt


def test_actions_wait_for_their_receipts_and_keep_their_order() -> None:
    commits, done = AfterCommit(), list[str]()
    first: Receipt = Future()
    commits.add(lambda: done.append("first"), [first])
    commits.add(lambda: done.append("second"), [])
    commits.settle()
    assert done == [] and len(commits) == 2, "what comes later never overtakes"
    first.set_result(None)
    commits.settle()
    assert done == ["first", "second"] and len(commits) == 0


def test_what_could_not_be_kept_is_never_done_and_holds_up_nothing() -> None:
    commits, done = AfterCommit(), list[str]()
    lost: Receipt = Future()
    kept: Receipt = Future()
    commits.add(lambda: done.append("lost"), [kept, lost])
    commits.add(lambda: done.append("next"), [kept])
    kept.set_result(None)
    lost.set_exception(OSError("the disk is full"))
    commits.settle()
    assert done == ["next"]


def test_waiting_ends_with_its_time_and_leaves_what_is_not_kept_yet() -> None:
    commits = AfterCommit()
    commits.add(lambda: None, [Future()])
    commits.settle(timeout=0.01)
    assert len(commits) == 1
