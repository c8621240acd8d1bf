"""The entry point of a worker process: Beam's own, which would log to standard error all that it does."""

import logging
import sys


def main() -> None:
    """Keep what is logged to the launcher, which knows what may be shown, and serve it until it is done."""
    logging.getLogger().addHandler(logging.NullHandler())
    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(sys.argv)


if __name__ == "__main__":
    main()
