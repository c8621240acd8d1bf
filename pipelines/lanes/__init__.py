"""The log of a stream's lanes: how a segment is committed, how lanes are dealt, how old segments are folded.

No Kafka here and no Beam: only the output root, which alone knows how far a stream has come.
"""
