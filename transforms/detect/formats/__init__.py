"""Formats as data: what one program writes where, in a declarative file a program, and the grok that others have."""

from transforms.detect.formats.format import Format
from transforms.detect.formats.given import GivenFormats, given_formats
from transforms.detect.formats.parts import parts_of
from transforms.detect.formats.shipped import shipped_files, shipped_formats

__all__ = ["Format", "GivenFormats", "given_formats", "parts_of", "shipped_files", "shipped_formats"]
