"""A topic's lanes redacted without end: one bundle of one lane, and what runs bundles: this process, or a cluster.

How a bundle is committed is in `lanes`, how a topic is read in `sources`.
"""
