"""Where records come from: inputs found, told apart, decompressed and read.

How bytes become events is in `transforms.framing` and `transforms.parsing`.
"""
