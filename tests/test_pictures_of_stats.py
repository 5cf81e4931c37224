"""Pictures of statistics: what they are drawn from, of no hands and of many, and that hostile names stay text."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import polars as pl
import pytest

import pokerlab as pk
from pokerlab import plots, stats
from pokerlab.errors import SchemaError, UnitError
from pokerlab.plots import _style

if TYPE_CHECKING:
    from collections.abc import Callable

HERO = pl.col("is_hero")
HOSTILE = "<script>alert(1)</script>\x1b]0;x\u202e\"];datum['a']='b'//"
EVERY_LINE = ["net", "ev_net", "red_line", "blue_line"]


@pytest.fixture(scope="module")
def frames() -> pk.HandFrames:
    return pk.sample.hands(600, seed=5)


def datasets(chart: plots.Picture) -> list[pl.DataFrame]:
    rows = chart.to_dict()["datasets"].values()
    return sorted((pl.DataFrame(one, infer_schema_length=None) for one in rows), key=len, reverse=True)


def svg(chart: plots.Picture) -> str:
    drawn: str = chart._repr_mimebundle_()["image/svg+xml"]
    ElementTree.fromstring(drawn)
    return drawn


def subtitle(chart: plots.Picture) -> str:
    told = chart.to_dict()["title"].get("subtitle", "")
    return told if isinstance(told, str) else " ".join(told)


def pictures(frames: Any, name: str) -> dict[str, Callable[[], plots.Picture]]:
    """Give every picture of statistics, of some hands and for one player."""
    seats, hands, own = frames.seats, frames.hands, pl.col("player") == name
    by = {"interval": 0.95, "where": own}
    return {
        "lines": lambda: plots.winnings(
            stats.lines(frames, player=name), lines=EVERY_LINE, downswings=stats.downswings(frames, player=name)
        ),
        "days": lambda: plots.winnings(stats.lines(frames, player=name, in_bb=True), over="days"),
        "rate": lambda: plots.stat_by(stats.report(seats, by="position", stats="vpip", **by), stats.VPIP),
        "mean": lambda: plots.stat_by(stats.report(seats, by="player", stats="bb100", interval=0.9), "bb100"),
        "number": lambda: plots.stat_by(stats.report(seats, by="position", stats="af"), stats.AF),
        "grid": lambda: plots.stat_grid(
            stats.report(seats, by=["position", "stack_depth"], stats=stats.BB100, **by), stats.BB100
        ),
        "ranges": lambda: plots.range_grid(stats.ranges_seen(seats, stats.RFI, where=own)),
        "won": lambda: plots.range_grid(stats.ranges_seen(seats, where=own), "bb100"),
        "calendar": lambda: plots.calendar(stats.results(frames, by="day", player=name)),
        "percentiles": lambda: plots.percentiles(stats.percentiles(seats, min_chances=5), name),
        "leaks": lambda: plots.leaks(stats.leaks(seats, hands, player=name)),
    }


NAMES = list(pictures(pk.sample.hands(1, seed=1), ""))


def test_each_picture_of_no_hands_says_so(frames: pk.HandFrames) -> None:
    none = frames.where(pl.lit(False))
    for name, draw in pictures(none, "Nina.Blau").items():
        assert "nothing to draw" in svg(draw()), name


@pytest.mark.parametrize("hands", [1, 10])
def test_each_picture_of_few_hands_is_drawn(hands: int) -> None:
    few = pk.sample.hands(hands, seed=1)
    name = few.seats.filter("dealt")["player"][0]
    for picture, draw in pictures(few, name).items():
        assert "NaN" not in svg(draw()), picture


@pytest.mark.parametrize("picture", NAMES)
def test_a_hostile_name_stays_text(frames: pk.HandFrames, picture: str) -> None:
    rename = pl.col("player").replace({"Nina.Blau": HOSTILE})
    evil = pk.HandFrames(
        frames.hands, frames.seats.with_columns(rename), frames.actions, frames.tournaments, frames.rejects
    )
    drawn = svg(pictures(evil, HOSTILE)[picture]())
    assert "<script" not in drawn
    assert "\x1b" not in drawn


def test_hostile_groups_and_columns_stay_apart(frames: pk.HandFrames) -> None:
    names = [HOSTILE + str(number) for number in range(3)] + ["a.b[0]", "a", None]
    table = pl.DataFrame(
        {"x.y:Q": names, "hands": [5] * 6, "vpip": [0.5] * 6, "vpip_chances": [4] * 6},
        schema_overrides={"hands": pl.Int64},
    ).with_columns(vpip_interval=pl.struct(low=pl.lit(0.1), high=pl.lit(0.9)))
    [rows, *_] = datasets(plots.stat_by(table, "vpip"))
    assert rows["label"].n_unique() == 6
    assert "unknown" in rows["label"].to_list()
    assert svg(plots.stat_by(table, "vpip")).count(">50.0%  of 4<") == 6


def test_a_million_hands_are_thinned_but_keep_extremes_and_end() -> None:
    size = 1_000_000
    at = pl.int_range(size, eager=True)
    long = pl.DataFrame({"hand": at + 1, "net": (at * 37 % 1_001 - 500) + at // 100}).with_columns(
        net=pl.when(pl.col("hand") == 314_159).then(99_999_999).otherwise("net"),
        unit=pl.lit("eur_cent"), played_at=pl.datetime(2020, 1, 1, time_zone="UTC"),
    )  # fmt: skip
    lines = long.with_columns(ev_net="net", red_line="net", blue_line="net")
    [drawn, *_] = datasets(plots.winnings(lines, lines=EVERY_LINE))
    net = drawn.filter(line="Net").sort("at")
    assert 3_000 < drawn.height <= 4_100
    assert net.row(-1, named=True)["won"] == long["net"][-1] / 100
    assert (net["won"].max(), net["won"].min()) == (999_999.99, long["net"].min() / 100)  # type: ignore[operator]
    assert net["at"][0] == 0


def test_red_and_blue_add_up_to_net(frames: pk.HandFrames) -> None:
    for source in (frames.seats, stats.lines(frames)):
        [drawn, *_] = datasets(plots.winnings(source, lines=["net", "red_line", "blue_line"]))
        last = dict(drawn.filter(pl.col("at") == pl.col("at").max()).select("line", "won").iter_rows())
        assert last["Without showdown"] + last["At showdown"] == pytest.approx(last["Net"])


def test_an_unknown_ev_is_no_line(frames: pk.HandFrames) -> None:
    unknown = frames.seats.with_columns(ev_net=pl.lit(None, pl.Float64))
    for source in (unknown, stats.lines(unknown)):
        [drawn, *_] = datasets(plots.winnings(source))
        assert drawn["line"].unique().to_list() == ["Net"]


def test_days_have_a_point_each_at_what_was_won_by_then(frames: pk.HandFrames) -> None:
    lines = stats.lines(frames)
    for source in (frames.seats, lines):
        [drawn, *_] = datasets(plots.winnings(source, lines=["net"], over="days"))
        ends = lines.group_by(pl.col("played_at").dt.date(), maintain_order=True).agg(pl.col("net").last() / 100)
        assert drawn["won"].to_list() == pytest.approx([0, *ends["net"]])


def test_downswings_are_shaded_where_they_are() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    won = [100, -300, 100, 400, -100, -50, 60, 500]
    lines = pl.DataFrame(
        {"hand": range(1, 9), "net": list(itertools.accumulate(won)), "unit": "eur_cent",
         "played_at": [start + timedelta(minutes=n) for n in range(8)]}
    ).with_columns(ev_net="net", red_line="net", blue_line="net")  # fmt: skip
    falls = pl.DataFrame(
        {"line": "net", "kind": ["largest", "longest"], "amount": [300.0, 150.0], "hands": [3, 4],
         "begins": lines["played_at"][[1, 4]], "ends": lines["played_at"][[3, 7]], "recovered": True}
    )  # fmt: skip
    chart = plots.winnings(lines, lines=["net"], downswings=falls)
    [bands] = [frame for frame in datasets(chart) if "start" in frame.columns]
    assert bands.select("start", "end").rows() == [(1, 4), (4, 8)]
    assert "Largest downswing (shaded): 3.00 € over 3 hands" in subtitle(chart)


def test_groups_with_an_order_are_in_it_and_others_as_they_come(frames: pk.HandFrames) -> None:
    table = stats.report(frames.seats, by="position", stats="vpip", interval=0.95)
    [rows, *_] = datasets(plots.stat_by(table, "vpip"))
    order = [name for name in pk.schema.POSITION.categories if name in rows["label"].to_list()]
    assert [label for label in rows["label"] if label != "unknown"] == order
    players = stats.report(frames.seats, by=["player", "position"], stats="vpip", interval=0.95)
    chart = plots.stat_by(players, "vpip")
    [rows, *_] = datasets(chart)
    assert rows["label"].to_list() == [f"{name} · {at}" for name, at, *_ in players.head(60).iter_rows()]
    assert f"The 60 of {players.height:,} groups" in subtitle(chart)


def test_few_hands_do_not_stretch_the_colours() -> None:
    table = pl.DataFrame(
        {"a": ["x", "x", "y"], "b": ["u", "v", "u"], "hands": [1_000, 900, 3], "bb100": [5.0, -12.0, -2_000.0],
         "bb100_stderr": [1.0, 1.0, 900.0]}
    ).with_columns(bb100_interval=pl.struct(low=pl.col("bb100") - 2, high=pl.col("bb100") + 2))  # fmt: skip
    spec = plots.stat_grid(table, "bb100").to_dict()
    domains = [layer["encoding"]["color"]["scale"]["domain"] for layer in spec["layer"]
               if (layer["encoding"].get("color") or {}).get("scale")]  # fmt: skip
    assert domains == [[-12.0, 0.0, 12.0]]


def test_a_calendar_has_every_day_of_its_last_ten_years() -> None:
    days = [date(2008 + year, 3, day) for year in range(14) for day in (1, 5, 6)]
    played = pl.DataFrame({"day": days, "unit": "eur_cent", "hands": 10, "net": range(len(days))})
    chart = plots.calendar(played)
    [cells, *_] = datasets(chart)
    assert cells["year"].unique().sort().to_list() == list(range(2012, 2022))
    assert cells.height == sum(366 if year % 4 == 0 else 365 for year in range(2012, 2022))
    assert cells.filter(pl.col("hands") > 0)["won"].sum() == pytest.approx(sum(range(12, 42)) / 100)
    assert cells.select("year", "week", "weekday").is_duplicated().sum() == 0
    assert subtitle(chart) == "The last 10 years with hands"
    svg(chart)


def test_a_player_stands_where_the_table_says(frames: pk.HandFrames) -> None:
    table = stats.percentiles(frames.seats, [stats.VPIP], min_chances=5)
    own = table.filter(player="Nina.Blau").row(0, named=True)
    shown = f"P{own['percentile']:.0f} of {own['players']} players, {own['chances']} chances"
    chart = plots.percentiles(table, "Nina.Blau")
    assert any(shown in frame["beside"].to_list() for frame in datasets(chart) if "beside" in frame.columns)
    [ticks, *_] = datasets(chart)
    assert ticks.height == own["players"]


def test_many_players_are_spaced_but_the_ends_stay() -> None:
    many = pl.DataFrame({"shrunk": [n / 20_000 for n in range(20_000)]}).select(
        pl.format("p{}", pl.int_range(pl.len())).alias("player"), "shrunk", stat=pl.lit("vpip"), rate="shrunk",
        chances=100, population=0.5, percentile=pl.col("shrunk") * 100, players=20_000,
    )  # fmt: skip
    [ticks, *_] = datasets(plots.percentiles(many, "p7"))
    assert 1_500 < ticks.height <= 4_500
    assert (ticks["shrunk"].min(), ticks["shrunk"].max()) == (0, 19_999 / 20_000)


def test_leaks_have_their_bands_and_verdicts(frames: pk.HandFrames) -> None:
    rules = [
        stats.Rule(name="Never folds", stat="vpip", form="six_max", high=0.01, min_chances=10),
        stats.Rule(name="Anything goes", stat="vpip", form="six_max", low=0.0, high=1.0, min_chances=10),
        stats.Rule(name="Who knows", stat="vpip", form="six_max", low=0.2, min_chances=100_000),
    ]
    [rows, *_] = datasets(plots.leaks(stats.leaks(frames.seats, frames.hands, rules=rules)))
    told = {row["label"]: row for row in rows.iter_rows(named=True)}
    assert {label: row["verdict"] for label, row in told.items()} == {
        "Never folds": "Leak", "Anything goes": "Fine", "Who knows": "Not sure yet",
    }  # fmt: skip
    assert (told["Never folds"]["begins"], told["Never folds"]["ends"]) == (0, 0.01)


@pytest.mark.parametrize(
    ("draw", "column", "giver"),
    [
        (lambda frame: plots.winnings(frame), "hand", "stats.lines"),
        (lambda frame: plots.stat_by(frame, "vpip"), "hands", "stats.report"),
        (lambda frame: plots.stat_grid(frame, stats.VPIP), "hands", "stats.report"),
        (lambda frame: plots.range_grid(frame), "class", "stats.ranges_seen"),
        (lambda frame: plots.calendar(frame), "day", "stats.results"),
        (lambda frame: plots.percentiles(frame, "x"), "player", "stats.percentiles"),
        (lambda frame: plots.leaks(frame), "rule", "stats.leaks"),
        (lambda frame: plots.equity_grid(frame), "hand", "equity_by_class"),
    ],
)
def test_a_frame_of_another_making_is_refused(draw: Any, column: str, giver: str) -> None:
    with pytest.raises(SchemaError, match=rf"lacks the column '{column}' .* give what .*{giver}"):
        draw(pl.DataFrame({"else": [1]}))


def test_what_makes_no_picture_is_refused(frames: pk.HandFrames) -> None:
    table = stats.report(frames.seats, by="position", stats="vpip")
    with pytest.raises(
        SchemaError, match=r"'vpip_interval'.*stats.report\(seats, by=..., stats='vpip', interval=0.95\)"
    ):
        plots.stat_by(table, "vpip")
    with pytest.raises(SchemaError, match="a grid needs two"):
        plots.stat_grid(stats.report(frames.seats, by="position", stats="vpip", interval=0.9), "vpip")
    with pytest.raises(SchemaError, match="'netto' is no line of winnings"):
        plots.winnings(frames.seats, lines=["netto"])
    with pytest.raises(SchemaError, match="over='weeks' is no axis"):
        plots.winnings(frames.seats, over="weeks")  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match="player= chooses among seats"):
        plots.winnings(stats.lines(frames), player="Nina.Blau")
    with pytest.raises(SchemaError, match="'frequenzy' is no value of a grid of ranges; did you mean 'frequency'"):
        plots.range_grid(stats.ranges_seen(frames.seats), "frequenzy")
    with pytest.raises(SchemaError, match="several groups"):
        plots.range_grid(stats.ranges_seen(frames.seats, by="position"))
    with pytest.raises(SchemaError, match="the table has no player 'nobody'"):
        plots.percentiles(stats.percentiles(frames.seats), "nobody")
    with pytest.raises(SchemaError, match="'hands' is no value of a calendar"):
        plots.calendar(stats.results(frames, by="day"), "hands")
    with pytest.raises(SchemaError, match="a day has several rows"):
        plots.calendar(stats.results(frames, by=["day", "position"]))


def test_units_are_never_added_up(frames: pk.HandFrames) -> None:
    days = stats.results(frames, by="day")
    mixed = pl.concat(
        [days, days.with_columns(pl.col("day").dt.offset_by("1d"), unit=pl.lit("chip").cast(days.schema["unit"]))]
    )
    with pytest.raises(UnitError, match="in chip and eur_cent"):
        plots.calendar(mixed)
    with pytest.raises(UnitError, match="days have hands of several units"):
        plots.calendar(days.with_columns(unit=pl.lit(None, days.schema["unit"])))
    plots.calendar(mixed, "bb")
    lines = stats.lines(frames)
    both = lines.with_columns(unit=pl.when(pl.col("hand") > 9).then(pl.lit("chip")).otherwise(pl.lit("eur_cent")))
    with pytest.raises(UnitError, match="in chip and eur_cent"):
        plots.winnings(both)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_text_and_lines_are_legible_on_light_and_dark(page: str) -> None:
    from pokerlab.plots._winnings import LINES

    assert contrast(_style.QUIET, page) > 4.3
    for color in (_style.BLUE, _style.ORANGE, *(about[1] for about in LINES.values())):
        assert contrast(color, page) >= 2.9, color


@pytest.mark.parametrize("end", [_style.BEHIND, _style.AHEAD])
def test_text_on_squares_is_legible(end: str) -> None:
    for step in range(101):
        far = step / 100
        mixed = [round(int(a, 16) * (1 - far) + int(b, 16) * far) for a, b in
                 ((_style.EVEN[at : at + 2], end[at : at + 2]) for at in (1, 3, 5))]  # fmt: skip
        square = "#" + "".join(f"{part:02x}" for part in mixed)
        text = pl.select(_style.ink(pl.lit(far), [-1.0, 0.0, 1.0])).item()
        assert contrast(text, square) >= 4, (far, square, text)
