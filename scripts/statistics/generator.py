"""The small generator whose numbers the tests repeat, so that only results are stored."""

import numpy as np


def numbers(seed, count):
    """Lehmer's generator modulo 2³¹ − 1 with multiplier 48271: whole numbers below 256."""
    state = seed
    values = np.empty(count, dtype=np.uint8)
    for index in range(count):
        state = state * 48271 % 2147483647
        values[index] = state >> 23
    return values


def whole_numbers(seed, count):
    """The same as numbers that can be counted on with."""
    return numbers(seed, count).astype(int)
