"""Words to arrays to kernels to results: strength of hands, and equity of hands and ranges."""

from pokerlab._equity.hands import HandRank, evaluate, evaluate_many
from pokerlab._equity.omaha import evaluate_omaha, warm_up_omaha
from pokerlab._equity.shares import Equity, allin_equities, equity, warm_up

__all__ = [
    "Equity",
    "HandRank",
    "allin_equities",
    "equity",
    "evaluate",
    "evaluate_many",
    "evaluate_omaha",
    "warm_up",
    "warm_up_omaha",
]
