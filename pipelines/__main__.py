"""The entry point: what is logged is settled before any library is imported."""

import logging

_BEAM_WITHOUT_BIGQUERY = "apitools not found"


def main() -> None:
    """Log warnings to standard error, and run the command line."""
    handler = logging.StreamHandler()
    handler.addFilter(lambda record: not record.getMessage().startswith(_BEAM_WITHOUT_BIGQUERY))
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", handlers=[handler]
    )
    from pipelines.cli import run

    run()


if __name__ == "__main__":
    main()
