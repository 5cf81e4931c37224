from __future__ import annotations

from random import Random

from pokerlab.sample.pots import Rake, settle


def chip_by_chip(levels, alive, values, extra):
    """Give every chip level to the best of those who paid for it: returned and collected, in exact shares."""
    returned, collected = [0.0] * len(levels), [0.0] * len(levels)
    winners = []
    for height in range(60, max(levels) + 1, 60):
        paid = [i for i, level in enumerate(levels) if level >= height]
        entitled = [i for i in paid if i in alive]
        if len(paid) == 1 and entitled:
            returned[paid[0]] += 60
            continue
        if entitled:
            best = max(values[i] for i in entitled)
            winners = [i for i in entitled if values[i] == best]
        for i in winners:
            collected[i] += (60 * len(paid) + extra) / len(winners)
        extra = 0
    return returned, collected


def test_shares_equal_those_of_a_count_chip_level_by_chip_level() -> None:
    for seed in range(2000):
        check_shares(Random(seed))


def check_shares(rng: Random) -> None:
    n = rng.randrange(2, 6)
    alive = sorted(rng.sample(range(n), rng.randrange(1, n + 1)))
    levels = [60 * rng.randrange(1, 8) for _ in range(n)]
    top = max(levels[i] for i in alive)
    levels = [level if i in alive else min(level, top) for i, level in enumerate(levels)]
    values = {i: (rng.randrange(3), (0,)) for i in alive}
    extra = 60 * rng.randrange(3)
    returned, collected = chip_by_chip(levels, alive, values, extra)
    done = settle(levels, alive, values, list(range(1, n + 1)), extra=extra)
    if sum(collected):  # nobody paid for anything but an excess: the room's money has no level to lie on
        assert done.collected == collected
    assert done.returned == returned
    assert done.pot == sum(done.collected) == sum(levels) + extra - sum(returned)
    assert sum(line.amount for line in done.payouts) == done.pot + sum(returned)


def lines(*args, **options):
    return [(line.index, line.amount, line.label) for line in settle(*args, **options).payouts]


WEAK, FAIR, GOOD = (0, (3,)), (1, (3,)), (5, (9,))


def test_excess_to_another_than_the_winner_is_a_phantom_side_pot() -> None:
    assert lines([50, 80], [0, 1], {0: GOOD, 1: WEAK}, [1, 2]) == [(1, 30, "side pot 1"), (0, 100, "main pot")]


def test_excess_to_the_winner_himself_is_in_the_plain_pot() -> None:
    assert lines([50, 80], [0, 1], {0: WEAK, 1: GOOD}, [1, 2]) == [(1, 130, "pot")]


def test_one_line_a_player_with_the_label_of_his_highest_pot() -> None:
    # A main pot of 300 split two ways and a side pot of 100 that one of the two takes as well.
    split = lines([100, 150, 150], [0, 1, 2], {0: GOOD, 1: GOOD, 2: WEAK}, [1, 2, 3])
    assert split == [(1, 250, "side pot 1"), (0, 150, "main pot")]


def test_odd_chip_goes_to_the_highest_seat() -> None:
    assert lines([5, 5, 5], [0, 2], {0: GOOD, 2: GOOD}, [4, 7, 2]) == [(0, 8, "pot"), (2, 7, "pot")]


def test_rake_comes_from_contested_money_only_and_from_the_main_pot() -> None:
    done = settle([50, 150], [0, 1], {0: GOOD, 1: WEAK}, [1, 2], rake=Rake(100, 1000))
    assert (done.pot, done.rake, done.returned, done.collected) == (100, 10, [0, 100], [90, 0])


def test_rake_is_capped() -> None:
    assert settle([5000, 5000], [0], {}, [1, 2], rake=Rake(60, 150)).rake == 150


def test_blind_that_nobody_matched_comes_back_and_wins_nothing() -> None:
    done = settle([0, 20, 0], [1], {}, [1, 2, 3])
    assert (done.pot, done.returned[1], done.collected[1]) == (0, 20, 0)
    assert [(line.amount, line.label) for line in done.payouts] == [(20, "pot")]


def test_chips_of_a_folded_player_are_matched_chips() -> None:
    done = settle([100, 60, 80], [0, 1], {0: WEAK, 1: GOOD}, [1, 2, 3])
    assert done.returned == [20, 0, 0]
    assert done.collected == [40, 180, 0]


def halves(*args, **options):
    return [(line.index, line.amount, line.label) for line in settle(*args, **options).payouts]


def test_low_takes_half_of_the_pot_less_the_odd_chip() -> None:
    done = halves([50, 51], [0, 1], {0: GOOD, 1: WEAK}, [1, 2], lows={1: 0b11111}, extra=1)
    assert done == [(1, 51, "pot(LO)"), (0, 51, "pot(HI)")]  # of 101: 51 high, 50 low, and 1 comes back
    odd = halves([50, 50], [0, 1], {0: GOOD, 1: WEAK}, [1, 2], lows={0: 0b11111}, extra=1)
    assert odd == [(0, 51, "pot(HI)"), (0, 50, "pot(LO)")]


def test_the_best_low_is_the_least_and_equal_lows_share() -> None:
    lows = {0: 0b10001111, 1: 0b11111, 2: 0b11111}
    done = settle([60, 60, 60], [0, 1, 2], {0: GOOD, 1: WEAK, 2: WEAK}, [1, 2, 3], lows=lows)
    assert done.collected == [90, 45, 45]


def test_a_side_pot_without_a_low_goes_to_the_high_hand_alone() -> None:
    # The player with the low is all-in for 40; the two others play for 120 more.
    done = settle([40, 100, 100], [0, 1, 2], {0: WEAK, 1: FAIR, 2: GOOD}, [1, 2, 3], lows={0: 0b11111})
    assert done.collected == [60, 0, 180]


def test_excess_of_who_wins_neither_half_has_a_line_of_its_own() -> None:
    done = halves([50, 80, 50], [0, 1, 2], {0: GOOD, 1: WEAK, 2: FAIR}, [1, 2, 3], lows={2: 0b11111})
    assert done == [(2, 75, "pot(LO)"), (1, 30, "side pot 1"), (0, 75, "pot(HI)")]


def test_rake_in_proportion_is_paid_by_every_pot() -> None:
    levels, values = [100, 400, 400], {0: GOOD, 1: FAIR, 2: WEAK}
    main = settle(levels, [0, 1, 2], values, [1, 2, 3], rake=Rake(50, 1000))
    each = settle(levels, [0, 1, 2], values, [1, 2, 3], rake=Rake(50, 1000, in_proportion=True))
    assert (main.rake, main.collected) == (45, [255, 600, 0])
    assert (each.rake, each.collected) == (45, [285, 570, 0])
