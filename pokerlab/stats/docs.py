"""The page of statistics: ``python -m pokerlab.stats.docs tests/stats/truth > docs/statistics.md``.

Definitions are those of the catalog, examples those that the tests of statistics count.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.facts import MEANINGS
from pokerlab.stats._catalog import ALL, catalog
from pokerlab.stats.values import Stat
from pokerlab.text import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pokerlab.stats.values import AnyStat

GROUPS = {
    "preflop": "Before the flop",
    "flop": "On the flop",
    "turn": "On the turn",
    "river": "On the river",
    "aggression": "Aggression",
    "showdown": "Streets seen and showdown",
    "money": "Money and stacks",
}

_EXPECTED = re.compile(r"([a-z]\w*) (?:(\d+)/(\d+)|=(\S+?))(?=[,;]|$)")

_HEAD = """\
# Statistics

Written from `stats.catalog()` by `python -m pokerlab.stats.docs tests/stats/truth > docs/statistics.md`; a test
compares the two. The examples are hands of `tests/stats/truth`, which the tests count.

```python
import pokerlab as pk
from pokerlab import stats

seats = pk.sample.hands(2_000, seed=1).seats
stats.report(seats, by="position", stats=[stats.VPIP, "pfr"], interval=0.95)
seats.group_by("player").agg(stats.VPIP.rate, stats.VPIP.chances)
stats.hands(seats, stats.THREE_BET, did=True)  # the hands behind a number
```

The value of a code is its upper case: `vpip` is `stats.VPIP`, or `stats.get("vpip")`.

## How they are counted

- A **decision** is a fold, check, call, bet or raise of a player. Blinds, antes and what is shown are none; who is
  all-in with a blind has no decision.
- Each statistic has **chances** and **occurrences**; its rate is one over the other, and **null without a chance**,
  never 0. Chances are among its columns in every report: a rate of four hands says little.
- **The first chance of a hand decides**, and a hand counts once. What he does later, facing another raise, is
  another statistic. Marked *any*: one occurrence in the hand is enough (`vpip`). Marked *each*: every decision
  counts.
- **A chance to raise asks that he can** (`CAN_RAISE`): he has more than the call, an opponent has chips left to
  call with, and the betting is open to him. `stats.get("three_bet", strict=False)` gives the laxer statistic
  `three_bet_loose`. `pfr` has the chances of `vpip`, so that it is never above it; `pfr_pt4` has PokerTracker's.
- **Rates are 0 to 1**, for `pl.Expr` and reports alike; pages, terminal and pictures write them as per cent. Sizes
  of bets are parts of the pot: 1 is the pot. Money is whole cents or chips of the hand's `unit`, and null where
  units would be added up; `bb100` and the like are in big blinds of each hand and can be added up over stakes.
- **Where trackers disagree**, PokerTracker 4 is followed where its rule is known; where not, or where another rule
  is better, the source says *ours*. Numbers of two programs are comparable only where both count the same chances.

### All-in adjusted results

`ev_net` is what he would have won on average from where the betting closed. It applies where cards were still to
come, two or more were live, at most one of them had chips left, and all live cards are known. Each main and side
pot is shared by the exact equity of those who may win it; the rake is taken from all pots in proportion. In all
other hands it is the net. In each hand it adds up to the net of all. Its known flaws:

- folded cards count as unknown;
- a board that was run twice counts as one;
- bounties, and what chips are worth in prizes (**ICM**), are left out: `pokerlab` does no ICM;
- games with a low half, stud and draw keep their net.

### Games without a flop

Third street of stud and the betting before the first draw count as before the flop, so that `vpip`, `pfr` and the
like have chances there; a bring-in is no decision. Later streets of stud and draw give no statistic of decisions.
Stud has no positions and so no steals. Nobody sees a flop, so `wtsd`, `wwsf` and what begins with a street have no
chance; money has.

## Your own

A statistic is a line of facts. It is then in reports, the catalog, the command line and the server, also for hands
that are stored already.

```python
from pokerlab.facts import CALLS, FACING_ONE_RAISE, IN_BTN, WAS_VOLUNTARY

flat = stats.Stat("flat_btn", CALLS, FACING_ONE_RAISE & IN_BTN & ~WAS_VOLUNTARY, name="Flat call on the button")
stats.register(flat)
```

The same as text, in the file that `POKERLAB_STATS` names, or `pokerlab/stats.toml` in your configuration folder:

```toml
[flat_btn]
name = "Flat call on the button"
could = "FACING_ONE_RAISE & IN_BTN & ~WAS_VOLUNTARY"
did = "CALLS"
```

`&`, `|` and `~` bind as in Python; parentheses are allowed, and nothing of the text is executed. Any Boolean
expression on `pokerlab.decisions` does as well, in Python only.
"""

_NOTATION = """\
## Examples, and how to read them

The first field is the table, with its stacks; then come the streets. `f` folds, `x` checks, `c` calls, `b4` bets 4 big
blinds, `r3` raises to 3, `a` goes all-in; `win` names who shares the pot. Behind it stands what is counted: occurrences
over chances, or a mean.
"""


_OTHERS = "What other programs do, as far as is known, and some of what is counted here."
_MOST_COUNTS = 6


@dataclass(frozen=True, slots=True)
class Example:
    """What is counted in a hand, for one player and code."""

    title: str
    play: str
    position: str
    code: str
    counted: str

    @property
    def rank(self) -> int:
        """How much it shows: an occurrence, a number, a chance that was not taken, no chance."""
        if "/" not in self.counted:
            return {"=null": 4, "=0": 1}.get(self.counted, 0)
        count, chances = map(int, self.counted.split("/"))
        return 0 if count == 1 else 1 if count else 2 if chances else 3


def examples(folder: Path) -> list[Example]:
    """Read the hands of a folder: a title behind ``==``, the play, and what is expected, a line or more."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        for block in path.read_text("utf-8").split("\n== ")[1:]:
            title, play, *expected = block.strip().split("\n")
            for part in ";".join(expected).split(";"):
                position, _, counts = part.strip().partition(": ")
                found += [
                    Example(title, play, position, code, f"={number}" if number else f"{count}/{chances}")
                    for code, count, chances, number in _EXPECTED.findall(counts)
                ]
    return found


def page(folder: Path) -> str:
    """Write the page as Markdown, with examples from a folder.

    Examples
    --------
    >>> page(Path("no such folder")).splitlines()[0]
    '# Statistics'
    """
    known = examples(folder)
    best: dict[str, Example] = {}
    for example in sorted(known, key=lambda one: (one.rank, len(one.play))):
        best.setdefault(example.code, example)
    lines = [_HEAD, "## Facts", "", "What a chance or an occurrence may ask of a decision (`pokerlab.facts`).", ""]
    lines += table(("fact", "meaning"), ((f"`{name}`", meaning) for name, meaning in MEANINGS.items()))
    lines.append(_NOTATION)
    for group, title in GROUPS.items():
        lines += [f"## {title}", "", *_group([stat for stat in ALL if stat.group == group], best)]
    lines += [
        "## Where readings differ",
        "",
        "What other programs do, as far as is known, and what is counted here.",
        "",
    ]
    return "\n".join([*lines, *_disputed(known)])


def _group(stats: Sequence[AnyStat], best: Mapping[str, Example]) -> Iterator[str]:
    told = {row["code"]: row for row in catalog().iter_rows(named=True)}
    head = ("code", "name", "chance", "occurrence", "defined by", "example")
    yield from table(head, (_row(stat, told[stat.code], best.get(stat.code)) for stat in stats))


def _row(stat: AnyStat, told: Mapping[str, str], example: Example | None) -> tuple[str, ...]:
    chance, occurrence = (_words(stat, told[name]) for name in ("chance", "occurrence"))
    if isinstance(stat, Stat) and (stat.counts or not stat.once):
        chance += " (each)" if stat.counts else " (any)"
    shown = "" if example is None else f"`{example.play}` {example.position} {example.counted.removeprefix('=')}"
    return f"`{stat.code}`", told["name"], chance, occurrence, told["source"], shown


def _words(stat: AnyStat, text: str) -> str:
    """Set facts as code, and leave words as they are."""
    return f"`{text}`" if isinstance(stat, Stat) and stat.over == "decisions" else text


def _disputed(known: Sequence[Example]) -> Iterator[str]:
    """List the hands whose title says who counts otherwise, each with some of what is counted."""
    hands: dict[tuple[str, str], list[Example]] = {}
    for example in known:
        if ";" in example.title:
            hands.setdefault((example.title, example.play), []).append(example)
    for (title, play), counted in hands.items():
        spot, others = (_sentence(part) for part in title.split(";", 1))
        numbers = (f"{one.position} {one.code} {one.counted.removeprefix('=')}" for one in counted[:_MOST_COUNTS])
        yield f"- **{spot}** {others}"
        yield f"  `{play}` {', '.join(numbers)}"
    yield ""


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}."


if __name__ == "__main__":
    sys.stdout.write(page(Path(sys.argv[1])))
