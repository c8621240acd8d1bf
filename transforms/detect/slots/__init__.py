"""Slots: places in a line where most programs name an account, judged by evidence that adds up."""

from transforms.detect.slots.recognizer import SLOTS, Slot

__all__ = ["SLOTS", "Slot"]
