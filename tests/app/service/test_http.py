from pathlib import Path

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.service.access import RateLimit
from app.service.http import MOST_BODY, create_http_app
from tests.app.service.conftest import TOKEN, Served, make_service


def visits(served: Served, **query: object) -> list[dict[str, object]]:
    answer = served.client.get("/api/v1/visits", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return answer.json()["visits"]  # type: ignore[no-any-return]


def test_visits_are_found_given_and_shown(served: Served) -> None:
    (visit,) = visits(served, plate="AB*")
    assert visit["plate"] == "AB123C"
    assert visit["source"] == "Gate 1"

    one = served.client.get(f"/api/v1/visits/{visit['id']}")
    crop = served.client.get(f"/api/v1/visits/{visit['id']}/crop")
    frame = served.client.get(f"/api/v1/visits/{visit['id']}/frame")

    assert one.json() == visit
    assert cv2.imdecode(np.frombuffer(crop.content, np.uint8), cv2.IMREAD_COLOR) is not None
    assert frame.headers["content-type"] == "image/jpeg"
    assert visits(served, plate="ZZ*") == []
    assert visits(served, since="2999-01-01T00:00:00Z") == []


def test_a_visit_is_corrected_noted_and_settled(served: Served) -> None:
    (visit,) = visits(served)
    change = {"plate": "AB123D", "note": "mended", "settled": True}

    answer = served.client.patch(f"/api/v1/visits/{visit['id']}", json=change)

    assert answer.json()["plate"] == "AB123D"
    assert served.service.journal.store is not None
    kept = served.service.journal.store.get(int(str(visit["id"])))
    assert (kept.original_plate, kept.note, kept.settled) == ("AB123C", "mended", True)


def test_watch_lists_are_kept(served: Served) -> None:
    entry = {"plate": "ZZ99", "list": "allow", "note": "cook", "hours": "Mon-Fri 08:00-18:00"}
    assert served.client.post("/api/v1/watch", json=entry).status_code == 201

    (listed,) = served.client.get("/api/v1/watch").json()
    assert listed == entry | {"tolerance": 0, "look_alikes": True}
    assert served.client.delete("/api/v1/watch/allow/ZZ99").json() == {"removed": 1}
    assert served.client.delete("/api/v1/watch/allow/ZZ99").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/visits/999999", 404),
        ("/api/v1/visits/999999/crop", 404),
        ("/api/v1/visits/1/../../etc/passwd", 404),
        ("/api/v1/visits?limit=100000", 422),
        ("/api/v1/visits?after=x", 422),
        ("/api/v1/visits?since=yesterday", 422),
        ("/api/v1/visits?list=other", 422),
        ("/nothing", 404),
    ],
)
def test_what_cannot_be_given_is_refused_by_name(served: Served, path: str, status: int) -> None:
    answer = served.client.get(path)

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_bad_hours_of_an_entry_are_told(served: Served) -> None:
    answer = served.client.post("/api/v1/watch", json={"plate": "AB1", "hours": "noon"})

    assert answer.status_code == 409
    assert "are no hours" in answer.json()["detail"]


def test_pages_follow_each_other(served: Served) -> None:
    answer = served.client.get("/api/v1/visits", params={"limit": 1}).json()
    following = served.client.get("/api/v1/visits", params={"after": answer["next"] or "0-0"}).json()

    assert len(answer["visits"]) == 1
    assert following["visits"] == []


def test_a_posted_picture_is_read_and_not_kept(served: Served) -> None:
    done, data = cv2.imencode(".png", np.full((120, 200, 3), 90, np.uint8))
    assert done

    answer = served.client.post("/api/v1/read", content=data.tobytes())

    assert [plate["plate"] for plate in answer.json()["plates"]] == ["AB123C"]
    assert len(visits(served)) == 1


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0cut"])
def test_what_is_no_picture_is_refused(served: Served, data: bytes) -> None:
    assert served.client.post("/api/v1/read", content=data).status_code == 422


def test_state_of_sources_health_and_figures(served: Served) -> None:
    health = served.client.get("/health", headers={"Authorization": ""})
    figures = served.client.get("/metrics").text

    assert health.status_code == 200
    assert health.json()["networks"] == "ready"
    assert "platescribe_log_written_total" in figures
    assert isinstance(served.client.get("/api/v1/sources").json(), list)


def test_without_the_token_nothing_is_told(served: Served) -> None:
    for authorization in ("", "Bearer wrong", f"Basic {TOKEN}", TOKEN):
        for path in ("/api/v1/visits", "/metrics", "/api/v1/events", "/docs", "/openapi.json"):
            assert served.client.get(path, headers={"Authorization": authorization}).status_code == 401
    assert served.client.get("/openapi.json").status_code == 200


def test_bodies_and_rates_are_bounded(served: Served) -> None:
    too_large = served.client.post("/api/v1/read", content=b"x", headers={"Content-Length": str(MOST_BODY + 1)})
    unsaid = served.client.post("/api/v1/read", content=iter([b"x"]))
    limited = create_http_app(served.service, served.events, TOKEN, RateLimit(0.0, 2))
    with TestClient(limited) as client:
        statuses = [client.get("/health").status_code for _ in range(3)]

    assert too_large.status_code == 413
    assert unsaid.status_code == 413
    assert statuses == [200, 200, 429]


def test_a_service_that_keeps_nothing_fails_the_health_check(tmp_path: Path) -> None:
    service, events = make_service(tmp_path)
    with TestClient(create_http_app(service, events, TOKEN), headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        service.start()
        service.stop()
        answer = client.get("/health")

    assert answer.status_code == 503
    assert answer.json()["log"]["state"] == "closed"
