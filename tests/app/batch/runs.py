"""What the tests of runs share."""

from app.batch.progress import Item
from app.pipeline.events import PlateEvent


class Watched:
    """Keeps what a run tells."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.texts: list[str] = []

    def begun(self, item: Item) -> None: ...

    def advanced(self, item: Item, media_s: float, share: float) -> None: ...

    def found(self, event: PlateEvent) -> None:
        self.texts.append(event.text.plate)

    def trouble(self, text: str) -> None:
        self.troubles.append(text)

    def ended(self, item: Item, error: str) -> None: ...
