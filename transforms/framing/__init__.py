"""Bytes into records, each with its place: lines, CSV rows, documents. What a record says is read in `parsing`."""
