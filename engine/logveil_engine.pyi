"""The event engine that is built from Rust."""

__version__: str
