"""The door: the environment first, then the command line."""

import sys

from app.config import bootstrap

bootstrap.prepare()

from app.cli.main import main  # noqa: E402  (cv2, torch and Qt may only be imported after prepare)

if __name__ == "__main__":
    sys.exit(main())
