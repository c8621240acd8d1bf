"""The entry point of a worker process: Beam's own, which would print all that it does, and the elements it fails on."""

import logging
import os
import sys


def main() -> None:
    """Be silent, as the launcher knows what may be shown, and serve it until it is done."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    logging.getLogger().addHandler(logging.NullHandler())
    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(sys.argv)


if __name__ == "__main__":
    main()
