"""What one part of the window asks of the window as a whole, without knowing the part that answers."""

from PyQt5.QtCore import QObject, pyqtSignal


class WindowRequests(QObject):
    """Signals that any part may emit and the window answers. They carry small values, never frames."""

    message = pyqtSignal(str)  # one line for the status bar, without secrets
    read_wanted = pyqtSignal(str)  # track_key: the list of reads selects it
    moment_wanted = pyqtSignal(str, float)  # source_id, media second: the live page shows it
    queue_wanted = pyqtSignal(tuple)  # tuple[str, ...]: folders and files for the queue of recordings
    plate_wanted = pyqtSignal(str)  # a plate: the search page shows all its reads
    export_wanted = pyqtSignal(object, object)  # app.store.search.Query, and how many reads it finds or None
