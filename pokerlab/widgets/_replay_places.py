"""Where things are on the drawn table, for the page's drawing and for ours."""

from __future__ import annotations

from math import cos, sin, tau

WIDTH, HEIGHT = 720, 484
CENTRE = (360, 247)
FELT = (258, 142)
"""Half axes of the oval that is the table."""

SEAT_WIDTH, SEAT_HEIGHT = 128, 44
_SEATS = (292, 172)
_BETS = (0.57, 0.52)


def places_at_table(n: int, lowest: int) -> list[dict[str, int]]:
    """Give the middles of ``n`` seats and their bets, clockwise around the oval; one of them sits below in the middle.

    Examples
    --------
    >>> [(place["x"], place["y"]) for place in places_at_table(2, 1)]
    [(360, 75), (360, 419)]
    """
    places = []
    for number in range(n):
        turn = tau * ((number - lowest) % n) / n
        across, down = -_SEATS[0] * sin(turn), _SEATS[1] * cos(turn)
        places.append(
            {
                "x": round(CENTRE[0] + across),
                "y": round(CENTRE[1] + down),
                "bet_x": round(CENTRE[0] + _BETS[0] * across),
                "bet_y": round(CENTRE[1] + _BETS[1] * down),
            }
        )
    return places
