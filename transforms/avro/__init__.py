"""Tagged events and rejections as Avro records and container blocks."""
