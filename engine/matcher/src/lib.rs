//! Runs regular expressions of Python's `re`, handed over as parse trees, over UTF-8.
#![forbid(unsafe_code)]
