"""Where the program starts, as `platescribe`, `python -m app` and `python main.py`."""

import sys

from app.config import bootstrap
from app.config.frozen import is_frozen, run_as_python


def main() -> int:
    """Prepare the environment, run the command line and return its exit status."""
    bootstrap.prepare()
    if is_frozen() and run_as_python(sys.argv[1:]):
        return 0
    from app.cli.main import main as run_command  # cv2, torch and Qt may only be imported after prepare

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
