"""What is written has the lines, names and numbers of real files, by the regexes that match all of those."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pokerlab import sample
from pokerlab.sample.summary import duration, ordinal
from pokerlab.sample.text import euros

if TYPE_CHECKING:
    from pathlib import Path

M = r"-?\d+(?:\.\d+)?€?"
C = r"[2-9TJQKA][cdhs]"
CARDS = rf"{C}(?: {C})*"
RANK = (
    r"(?:High card : \w+|One pair : \w+|Two pairs : \w+ and \w+|Trips of \w+|Straight \w+ high|Flush \w+ high"
    r"|Full of \w+ and \w+|Quads of \w+|Straight flush \w+)"
)
HALF = rf"(?:HI : |LO : )?{RANK}"
BUY = (
    r"(?:\d+(?:[.,]\d+)?€? \+ \d+(?:[.,]\d+)?€?(?: \+ \d+(?:[.,]\d+)?€?)?"
    r"|Free|Gratuit|Ticket only|Ticket|\d+\.\d+-\d+\.\d+)"
)
GAME = r"(?:Holdem no limit|Holdem fixed limit|(?:5 Card )?Omaha(?: Hi/Lo)? pot limit)"
TAIL = rf" - HandId: #\d+-\d+-\d+ - {GAME} \({M}/{M}(?:/{M})?\) - \d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d UTC"
HEADER = [
    rf"Winamax Poker - CashGame{TAIL}",
    rf'Winamax Poker - Go Fast "[^"]+"{TAIL}',
    rf'Winamax Poker - HOLD-UP "[^"]+"{TAIL}',
    rf'Winamax Poker - ESCAPE "[^"]+"{TAIL}',
    rf'Winamax Poker - Tournament ".+" buyIn: {BUY} level: (?:-?\d+)?{TAIL}',
    r"Table: '.+\(\d+\)#\d+' \d+-max \((?:real|play) money\) Seat #\d+ is the button",
    r"Table: '.+' \d+-max \((?:real|play) money\) Seat #\d+ is the button",
    r"Seat \d+: .+ \(\d+, \d+(?:\.\d+)?€ bounty\)",
    r"Seat \d+: .+ \(\d+(?:\.\d+)?€?\)",
    r"Hold-up to Pot: total \d+(?:\.\d+)?€",
]
ACTIONS = [
    r".+ folds",
    r".+ checks",
    rf".+ calls {M}(?: and is all-in)?",
    rf".+ bets {M}(?: and is all-in)?",
    rf".+ raises {M} to {M}(?: and is all-in)?",
    rf".+ collected {M} from pot",
    rf".+ shows \[{CARDS}\] \({RANK}\)",
]
SECTIONS = {
    "HEADER": HEADER,
    "ANTE/BLINDS": [
        rf".+ posts (?:ante|small blind|big blind) {M}(?: and is all-in)?",
        rf".+ posts (?:small|big) blind {M} out of position",
        r".+ denies (?:small|big) blind",
        r".+ deny BB 0€",
        rf"Dealt to .+ \[{CARDS}\]",
    ],
    "PRE-FLOP": [line for line in ACTIONS if "bets" not in line],
    "FLOP": ACTIONS,
    "TURN": ACTIONS,
    "RIVER": ACTIONS,
    "SHOW DOWN": [
        rf".+ collected {M} from (?:pot|main pot|side pot \d+|pot ?\((?:HI|LO)\))",
        rf".+ shows \[{CARDS}\] \({RANK}\)",
    ],
    "SUMMARY": [
        r"Total pot \d+(?:\.\d+)?€? \| No rake",
        r"Total pot \d+(?:\.\d+)?€? \| Rake \d+(?:\.\d+)?€?",
        rf"Board: \[{CARDS}\]",
        rf"Seat \d+: .+?(?: \((?:small blind|big blind|button)\)){{0,2}} showed \[{CARDS}\] and won {M} with {HALF}",
        rf"Seat \d+: .+?(?: \((?:small blind|big blind|button)\)){{0,2}} showed \[{CARDS}\] and lost with {HALF}",
        rf"Seat \d+: .+?(?: \((?:small blind|big blind|button)\)){{0,2}} won {M}",
        r"Seat \d+: .+?(?: \((?:small blind|big blind|button)\)){0,2} mucked",
        r"Seat \d+: .+?(?: \((?:small blind|big blind|button)\)){0,2} folded on the (?:pre-flop|flop|turn|river)",
    ],
}
STREETS = [
    r"\*\*\* ANTE/BLINDS \*\*\* ?",
    r"\*\*\* PRE-FLOP \*\*\* ",
    rf"\*\*\* FLOP \*\*\* \[{C} {C} {C}\]",
    rf"\*\*\* TURN \*\*\* \[{C} {C} {C}\]\[{C}\]",
    rf"\*\*\* RIVER \*\*\* \[{C} {C} {C} {C}\]\[{C}\]",
    r"\*\*\* SHOW DOWN \*\*\*",
    r"\*\*\* SUMMARY \*\*\*",
]
LEVEL = r"[\d,]+[kM]?-[\d,]+[kM]?:[\d,]+[kM]?:\d+:(?:holdem|omaha)-(?:no|pot)-limit"
EUR = r"\d+(?:\.\d+)?€?"
SUMMARY = [
    r"Winamax Poker - Tournament summary : .+\(\d+\)(?: - Late [rR]egistration)?",
    r"Player : .+",
    rf"Buy-In : (?:{EUR} \+ {EUR}(?: \+ {EUR})?|Ticket uniquement)",
    rf"(?:Rebuy|Addon) cost : {EUR} \+ {EUR}",
    r"(?:Your|Total) (?:rebuys|addons) : \d+",
    r"Registered players : \d+",
    r"Mode : (?:sng|tt)",
    r"Mode : (?:sng|tt)Type : \w+",
    r"Type : \w+",
    r"Speed : (?:normal|semiturbo|turbo)",
    r"Flight ID : \d+",
    rf"Levels : (?:Levels : )?\[(?:{LEVEL},?)+\]",
    rf"Prizepool : {EUR}",
    r"Tournament started \d{4}/\d\d/\d\d \d\d:\d\d:\d\d UTC",
    r"You played (?:\d+h )?(?:\d+min )?\d+s ?",
    r"You finished in \d+(?:st|nd|rd|th) place",
    rf"You won (?:{EUR}|(?:{EUR} \+ )?(?:Ticket {EUR} \+ )?Bounty {EUR}|(?:{EUR} \+ )?Ticket {EUR}|[A-Z][A-Za-z].*)",
]


def misses(name: str, text: str, seen: set[str] | None = None) -> list[str]:
    """Give the lines of a file that no shape matches."""
    wrong, section = [], "HEADER"
    for line in filter(None, text.replace("\r", "").split("\n")):
        if line.startswith("Winamax Poker - "):
            section = "HEADER"
        shapes = SUMMARY if name.endswith("_summary.txt") else SECTIONS[section]
        if line.startswith("*** "):
            section, shapes = line.split("***")[1].strip(), STREETS
        shape = next((shape for shape in shapes if re.fullmatch(shape, line)), None)
        if shape is None:
            wrong.append(f"{section}: {line}")
        elif seen is not None:
            seen.add(section + shape)
    return wrong


def test_every_line_has_a_shape_of_real_files(written) -> None:
    seen: set[str] = set()
    for name, text in written.files.items():
        assert misses(name, text, seen) == [], name
    assert len(seen) > 25


@pytest.mark.parametrize("year", [*range(2010, 2027)])
def test_every_line_of_every_year_has_a_shape_of_real_files(year: int, tmp_path: Path) -> None:
    sample.write(tmp_path, 500, seed=year, game="all", start=datetime(year, 3, 3, tzinfo=UTC), truth=False)
    for path in tmp_path.iterdir():
        assert misses(path.name, path.read_bytes().decode()) == [], path.name


def test_hands_are_apart_by_two_blank_lines_and_files_end_with_them(written) -> None:
    for name, text in written.files.items():
        assert text.endswith("\n\n\n")
        assert "\n\n\n\n" not in text
        assert "\r" not in text
        if not name.endswith("_summary.txt"):
            blocks = text.split("\n\n\n")[:-1]
            assert all(block.startswith("Winamax Poker - ") and "\n\n" not in block for block in blocks)


def test_file_names_are_those_of_the_client(written) -> None:
    stem = r"\d{8}_[^/\\]+\(\d+\)" if written.tournaments else r"\d{8}_[^/\\()]+"
    real = "play" if "play" in written.game else "real"
    for name in written.files:
        assert re.fullmatch(stem + rf"_{real}_(?:holdem|omaha5?8?)_(?:no|pot|fixed)-limit(?:_summary)?\.txt", name), (
            name
        )


def test_hand_id_is_unique_and_its_last_part_is_the_utc_time_of_the_header(written) -> None:
    ids = [hand.hand_id for hand in written.hands]
    assert len(ids) == len(set(ids))
    for hand in written.hands:
        told = datetime.strptime(hand.text.split("\n")[0][-23:], "%Y/%m/%d %H:%M:%S UTC").replace(tzinfo=UTC)
        assert int(hand.hand_id.split("-")[2]) == told.timestamp()


def test_hands_of_a_file_are_of_its_day_and_go_forward(written) -> None:
    for name, text in written.files.items():
        if name.endswith("_summary.txt"):
            continue
        stamps = re.findall(r"HandId: #\d+-(\d+)-(\d+) ", text)
        assert stamps
        assert {datetime.fromtimestamp(int(at), UTC).strftime("%Y%m%d") for _, at in stamps} == {name[:8]}
        assert [int(at) for _, at in stamps] == sorted(int(at) for _, at in stamps)


def test_tournament_ids_are_in_hand_table_and_file(written) -> None:
    if not written.tournaments:
        return
    for name, text in written.files.items():
        number = re.search(r"\((\d+)\)", name)
        assert number
        if name.endswith("_summary.txt"):
            assert f"({number[1]})" in text.split("Player")[0]
            continue
        ids = {int(found) for found in re.findall(r"HandId: #(\d+)-", text)}
        tables = set(re.findall(r"^Table: '.+\((\d+)\)#(\d+)' ", text, re.MULTILINE))
        assert {(int(tid) << 32) + int(table) + 1 for tid, table in tables} == ids
        assert {tid for tid, _ in tables} == {number[1]}


def test_summary_roles_are_of_who_posted_and_of_the_button(written) -> None:
    checked = 0
    for hand in written.hands:
        blinds = {}
        for _, name, parts in hand.actions:
            if parts["verb"] in {"posts small blind", "posts big blind"} and not parts["late"]:
                blinds[name] = parts["verb"].removeprefix("posts ")
        for line in hand.text.split("*** SUMMARY ***\n")[1].split("\n"):
            found = re.match(r"Seat (\d+): ", line)
            if not found:
                continue
            name = next(name for name, (seat, _) in hand.seats.items() if seat == int(found[1]))
            roles = f" ({blinds[name]})" if name in blinds else ""
            roles += " (button)" if hand.button == int(found[1]) else ""
            assert re.match(re.escape(f"Seat {found[1]}: {name}{roles} ") + "(?:won|showed) ", line), line
            checked += 1
    assert checked > 250


def test_what_real_files_do_occurs(tmp_path: Path) -> None:
    sample.write(tmp_path, 8_000, seed=1, game="mixed", truth=False)
    text = "".join(path.name + "\n" + path.read_bytes().decode() for path in tmp_path.iterdir())
    for words in (
        " and is all-in\n",
        "from main pot\n",
        "from side pot 1\n",
        " out of position\n",
        "denies big blind\n",
        "denies small blind\n",
        " (0€)\n",
        " | Rake ",
        "Hold-up to Pot: total ",
        'HOLD-UP "',
        'Go Fast "',
        "posts ante ",
        "(small blind) (button)",
        "Jo  Bluff",
        "_summary.txt",
        "Tournament summary : Expresso",
    ):
        assert words in text, words
    for shape in (
        r"posts (?:small|big) blind \d+ and is all-in",
        r"posts small blind \S+ out of position\n.+ posts big blind \S+ out of position",
        r"from side pot 2\n",
        r" shows \[.+\n.+ collected .+\n\*\*\* SUMMARY",
        r"\*\*\* PRE-FLOP \*\*\* \n\*\*\* FLOP",
    ):
        assert re.search(shape, text), shape


def test_every_form_occurs(tmp_path: Path) -> None:
    sample.write(tmp_path, 8_000, seed=1, game="all", truth=False)
    text = "".join(path.name + "\n" + path.read_bytes().decode() for path in tmp_path.iterdir())
    for words in (
        'ESCAPE "',
        "Holdem fixed limit (",
        " - Omaha pot limit (",
        "5 Card Omaha pot limit (",
        "from pot(LO)",
        "(play money)",
        "Tournament summary : SPACE KO(",
        "€ bounty)",
        " + Bounty ",
        "Your rebuys : ",
        "Mode : tt\n",
        "Type : doubleornothing\n",
        "- Late Registration\n",
        "_play_holdem_no-limit",
        "posts big blind 0 and is all-in",
    ):
        assert words in text, words
    for shape in (
        r"posts ante \d+ and is all-in",
        r"collected .+ from main pot\n.+ collected .+ from side pot 1\n",
        r"collected .+ from side pot 1\n.+ collected .+ from main pot\n",
        r"HI : .+\nSeat \d.+ with LO : ",
        r"#\d{3,4}' \d-max",
    ):
        assert re.search(shape, text), shape


def test_numbers_are_printed_as_winamax_prints_them() -> None:
    assert [euros(cents) for cents in (0, 1, 10, 100, 105, 123456)] == [
        "0€", "0.01€", "0.10€", "1€", "1.05€", "1234.56€",
    ]  # fmt: skip
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 21)] == ["1st", "2nd", "3rd", "4th", "11th", "21th"]
    assert [duration(s) for s in (9, 60, 3600, 3671)] == ["9s", "1min 0s", "1h 0min 0s", "1h 1min 11s"]


def test_same_shapes_match_the_real_files(corpus: Path) -> None:
    """The regexes above are worth something: they also hold for files that players' clients wrote."""
    wrong, lines = [], 0
    for path in sorted((corpus / "nitrovariance").glob("*.txt"))[:150]:
        text = path.read_text(encoding="utf-8")
        wrong += misses(path.name, text)
        lines += text.count("\n")
    assert lines > 1000
    assert wrong == []
