"""What small questions ask of a range's 1326 weights, each in one pass; NumPy would take longer than the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels.deals import MASKS

if TYPE_CHECKING:
    from numpy.typing import NDArray


@_jit.kernel(counted=False)
def _keep_free(
    weights: NDArray[np.float64], masks: NDArray[np.uint64], blocked: np.uint64, out: NDArray[np.float64]
) -> float:
    most = 0.0
    for place in range(len(weights)):
        out[place] = 0.0 if masks[place] & blocked else weights[place]
        most = max(most, out[place])
    if most > 0.0 and most != 1.0:
        for place in range(len(out)):
            out[place] /= most
    return most


def free_of(weights: NDArray[np.float64], blocked: np.uint64) -> NDArray[np.float64] | None:
    """Give weights with 0 for hands that hold a blocked card, the largest 1; None where no hand is left."""
    out = np.empty(len(weights))
    return out if _keep_free(weights, MASKS, blocked, out) > 0 else None


@_jit.kernel(counted=False)
def measure(weights: NDArray[np.float64]) -> tuple[int, bool]:
    """Count the hands above 0, and tell whether the weights are 0 and 1 alone."""
    held, whole = 0, True
    for place in range(len(weights)):
        held += weights[place] != 0
        whole &= weights[place] == 0 or weights[place] == 1
    return held, whole


@_jit.kernel(counted=False)
def _first_beside(weights: NDArray[np.float64], masks: NDArray[np.uint64], used: np.uint64) -> int:
    for place in range(len(weights)):
        if weights[place] > 0 and not masks[place] & used:
            return place
    return -1


def first_beside(weights: NDArray[np.float64], used: np.uint64) -> np.uint64 | None:
    """Give the mask of the first hand above 0 that holds no used card, or None."""
    place = _first_beside(weights, MASKS, used)
    return MASKS[place] if place >= 0 else None
