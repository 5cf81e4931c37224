"""LiveHands: finished hands in a notebook's cell, as they are written."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import weakref
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl
import traitlets

from pokerlab import schema
from pokerlab._lab import open_lab
from pokerlab.errors import FeedError, PokerlabError
from pokerlab.frames import HandFrames
from pokerlab.widgets._module import module
from pokerlab.widgets._outbox import Outbox
from pokerlab.widgets._replay import hand_steps
from pokerlab.widgets._session import Session
from pokerlab.widgets._statistics import Statistics
from pokerlab.widgets._table import table
from pokerlab.widgets._widget import Widget
from pokerlab.wire import Error, NewHand

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from pokerlab._lab import Lab, LabStatus
    from pokerlab.store import Store
    from pokerlab.watch import WatchSettings
    from pokerlab.widgets._session import SessionState
    from pokerlab.wire import Gap

_log = logging.getLogger(__name__)

_SNAPSHOT_ROWS = 50
_STATIC_ROWS = 20
_SEQ = re.compile(r"[0-9]{1,19}")
_NAME = re.compile(r"[0-9A-Za-z-]{1,64}")


class LiveHands(Widget):
    """A table of finished hands, newest first, that fills while you play.

    The state that a page starts from is in traits; hands are messages, numbered by the lab's hub. A view says what it
    has (``{"kind": "ready", "view": ..., "epoch": ..., "seq": ...}``) and gets the rest, so that views that open late,
    twice or after a page reload show the same. Batches go out at most ten times a second.

    Parameters
    ----------
    lab
        A lab; what it announces is shown. It is neither started nor stopped here.
    traits
        First values of the attributes below.

    Attributes
    ----------
    status, error
        How the feed is (``pokerlab._lab.LabStatus``), and the last thing that went wrong.
    seq
        Number of the last hand; 0 before the first.
    paused, selected_hand_id, max_rows, theme
        What the page shows; set from either side. ``theme`` is ``"auto"``, ``"light"`` or ``"dark"``.
    show_players, show_chart, show_stats, four_colour
        What is switched on, from either side: the other players' names, the line of the session, a table of the
        players' statistics, a colour for each suit.
    players
        The statistics of the players of the last hands, over all announced hands in the store; while ``show_stats``.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> feed = pk.live(tempfile.mkdtemp())
    >>> feed.seq, len(feed.hands)
    (0, 0)
    >>> feed.close()
    """

    _esm = module("live")

    status = traitlets.Unicode("stopped").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    paused = traitlets.Bool(default_value=False).tag(sync=True)
    seq = traitlets.Int(0).tag(sync=True, to_json=lambda value, _: str(value), from_json=lambda value, _: int(value))
    selected_hand_id = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    max_rows = traitlets.Int(500, min=1, max=10_000).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    show_players = traitlets.Bool(default_value=False).tag(sync=True)
    show_chart = traitlets.Bool(default_value=True).tag(sync=True)
    show_stats = traitlets.Bool(default_value=False).tag(sync=True)
    four_colour = traitlets.Bool(default_value=False).tag(sync=True)
    players = traitlets.Dict().tag(sync=True)
    snapshot = traitlets.Dict().tag(sync=True, to_json=lambda _, widget: widget._snapshot())

    def __init__(self, lab: Lab, **traits: Any) -> None:
        self._lab = lab
        self._hand_ids: list[str] = []
        self._callbacks: list[Callable[[dict[str, Any]], None]] = []
        self._callbacks_lock = Lock()
        self._viewed = False
        self._closing: list[Callable[[], None]] = []
        self._outbox = Outbox(self.send)
        self._session = Session()
        # Held where a hand is counted and told, so that a session that is told holds just the hands told before it.
        self._telling = Lock()
        self._statistics = Statistics(lab, self._tell_players)
        self._kept: HandFrames | None = None
        super().__init__(**traits)
        self.on_msg(self._on_message)
        self._closing += [lab.on_status(self._on_status), lab.hub.subscribe(self._hear, since=0).close]
        self._closing.append(self._statistics.close)
        self._on_status(lab.status)
        self.observe(lambda _: self._ask_for_players(), "show_stats")
        self._ask_for_players()

    @property
    def hands(self) -> HandFrames:
        """The hands announced so far, with all columns, in the order in which they came."""
        return self._kept if self._kept is not None else _stored(self._lab.store, self._hand_ids.copy())

    def on_hand(self, callback: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
        """Call ``callback`` with each hand to come; give back what ends this.

        Parameters
        ----------
        callback
            Gets a dict with ``seq`` and the fields of `pokerlab.wire.Hand` (``hand_id``, ``net`` of the ``hero``, ...).
            It runs in the watcher's thread and holds up the feed while it runs; what it raises is logged.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> feed = pk.live(tempfile.mkdtemp())
        >>> leave = feed.on_hand(lambda hand: print(hand["hand_id"]))
        >>> leave(), feed.close()
        (None, None)
        """
        with self._callbacks_lock:
            self._callbacks.append(callback)

        def leave() -> None:
            with self._callbacks_lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return leave

    def close(self) -> None:
        """Leave the feed, and end what `live` started for this widget; `hands` stays. May be called twice."""
        closing, self._closing = self._closing, []
        with ExitStack() as ends:  # what fails keeps nothing behind it from its end; the last is called first
            ends.callback(super().close)
            ends.callback(self._outbox.close)
            for end in reversed(closing):
                ends.callback(end)

    def _keep(self) -> None:
        self._kept = self.hands

    def _hear(self, message: NewHand | Gap) -> None:
        """Take a message from the hub, in the publisher's thread and under the hub's lock."""
        with self._telling:
            if isinstance(message, NewHand):
                self._session.add(message.seq, message.hand)
            if self._viewed:
                self._outbox.put(None, message)
        if not isinstance(message, NewHand):
            return
        self._ask_for_players()
        self._hand_ids.append(message.hand.hand_id)
        self.seq = message.seq
        with self._callbacks_lock:
            callbacks = self._callbacks.copy()
        if callbacks:
            told = {"seq": message.seq, **message.hand.model_dump()}
            for callback in callbacks:
                try:
                    callback(told.copy())
                except Exception:
                    _log.exception("a callback failed on hand %s", message.hand.hand_id)

    def _on_status(self, status: LabStatus) -> None:
        self.status, self.error = status.state, status.error or ""

    def _ask_for_players(self) -> None:
        if self.show_stats:
            self._statistics.ask()

    def _tell_players(self, table: dict[str, Any]) -> None:
        self.players = table

    def _on_message(self, _: object, content: object, __: object) -> None:
        """Answer a view. ipywidgets would only log what is raised here, so the page is told."""
        try:
            if isinstance(content, dict) and content.get("kind") == "replay":
                self._send_hand(*_replay_asked(content))
            else:
                self._replay(*_ready(content))
        except PokerlabError as error:
            self._outbox.put(None, Error(code="bad_message", message=str(error)))

    def _replay(self, view: str, epoch: str | None, since: int, first: int) -> None:
        hub = self._lab.hub
        if epoch == hub.epoch:
            # Counted down from the view's first, so that it knows where one is lost.
            for message in reversed(hub.since(max(since - self.max_rows, 0))):
                if message.seq < first:
                    self._outbox.put(view, message)
        # From here on every view is told of every hand; what came before is in the replay. Both are queued under the
        # hub's lock, so a view that drops what it has and what is not the next number sees each number once.
        self._viewed = True
        with hub.subscribe(lambda message: self._outbox.put(view, message), since=since, epoch=epoch), self._telling:
            # Last, and where there is nothing else too: the view knows by it that it was answered.
            self._outbox.put(view, self._session.state())

    def _send_hand(self, view: str, hand_id: str) -> None:
        """Send one whole hand to a view, of those that were announced."""
        told: dict[str, Any] = {"kind": "replay", "view": view, "hand_id": hand_id, "hand": None, "error": None}
        try:
            if hand_id not in self._hand_ids:
                msg = f"hand {hand_id!r} was not announced here"
                raise FeedError(msg)
            told["hand"] = hand_steps(self._lab.store.read([hand_id]), hand_id)
        except PokerlabError as error:
            told["error"] = str(error)
        self.send(told)

    def _snapshot(self) -> dict[str, Any]:
        hub = self._lab.hub
        recent = hub.since(max(hub.seq - _SNAPSHOT_ROWS, 0))
        return {
            "epoch": hub.epoch,
            "seq": str(recent[-1].seq if recent else 0),
            "messages": [message.model_dump(mode="json") for message in recent],
            # It may hold a hand more than the messages; what the view asks next tells it anew.
            "session": self._session_now().model_dump(mode="json"),
        }

    def _session_now(self) -> SessionState:
        with self._telling:
            return self._session.state()

    def _should_send_property(self, key: str, value: object) -> bool:
        # The page counts for itself: a trait message beside each batch would double their number.
        return key not in {"seq", "snapshot"} and bool(super()._should_send_property(key, value))

    def _repr_html_(self) -> str:
        recent = self._lab.hub.since(0)[-_STATIC_ROWS:]
        return table(
            (message.hand for message in reversed(recent)), f"{len(self._hand_ids)} hands; run the cell to see more"
        )


def live(
    history: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
    *,
    store: Store | str | os.PathLike[str] | None = None,
    replay: int = 0,
    live_delay_s: float = 0.0,
    show_players: bool = False,
    max_rows: int = 500,
    theme: str = "auto",
    four_colour: bool = False,
    show_chart: bool = True,
    show_stats: bool = False,
    settings: WatchSettings | None = None,
) -> LiveHands:
    """Show finished hands in a cell as the client writes them.

    Parameters
    ----------
    history
        One or several folders of hand histories; None for all that Winamax has on this machine.
    store
        Where the hands are kept. None is the user's own store where ``history`` is None too; of a folder that is named
        without a store, nothing is kept after `LiveHands.close`.
    replay
        Show this many of the last hands first.
    live_delay_s
        Seconds that a finished hand is held back.
    show_players
        Also show the other players' names.
    max_rows
        Rows in the page; older ones leave it, not the frames.
    theme
        ``"auto"``, ``"light"`` or ``"dark"``.
    four_colour
        Give each suit a colour of its own.
    show_chart
        Draw the session's net and all-in adjusted net as lines.
    show_stats
        Show VPIP, PFR and 3-bet of the players seen in finished hands, over all announced hands in the store.
    settings
        How the folder is watched.

    Raises
    ------
    HistoryError
        A folder does not exist, or none was found.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> feed = pk.live(tempfile.mkdtemp(), replay=20)
    >>> feed.close()
    """
    passing = tempfile.mkdtemp(prefix="pokerlab-") if store is None and history is not None else None
    with ExitStack() as undo:
        if passing:
            undo.callback(shutil.rmtree, passing, ignore_errors=True)
        # What is thrown away in the end is not filled with a whole history first.
        lab = open_lab(
            passing or store, history, live_delay_s=live_delay_s, settings=settings, catch_up=passing is None
        )
        traits = {"theme": theme, "four_colour": four_colour, "show_chart": show_chart, "show_stats": show_stats}
        widget = LiveHands(lab, show_players=show_players, max_rows=max_rows, **traits)
        undo.callback(widget.close)
        lab.start(replay=replay)
        undo.pop_all()
    widget._closing.insert(0, lab.stop)
    if passing:
        forget = weakref.finalize(widget, shutil.rmtree, passing, ignore_errors=True)
        widget._closing += [widget._keep, lab.store.close, forget]
    return widget


def _ready(content: object) -> tuple[str, str | None, int, int]:
    """Read a view's message, which comes from a page and may be anything."""
    given = content if isinstance(content, dict) else {}
    view, epoch, seq = given.get("view"), given.get("epoch"), str(given.get("seq"))
    first = str(given.get("first", 0))
    named = _is_name(view) and (epoch is None or isinstance(epoch, str))
    if given.get("kind") != "ready" or not named or not _SEQ.fullmatch(seq) or not _SEQ.fullmatch(first):
        msg = f"{str(content)[:100]!r} is not understood; a view sends kind 'ready', its name, an epoch and a number"
        raise FeedError(msg)
    return str(view), epoch, int(seq), int(first)


def _replay_asked(content: dict[str, object]) -> tuple[str, str]:
    """Read a view's question for a whole hand."""
    view, hand_id = content.get("view"), content.get("hand_id")
    if not _is_name(view) or not isinstance(hand_id, str):
        msg = f"{str(content)[:100]!r} is not understood; a view asks for a 'replay' with its name and a hand_id"
        raise FeedError(msg)
    return str(view), hand_id


def _is_name(view: object) -> bool:
    return isinstance(view, str) and _NAME.fullmatch(view) is not None


def _stored(store: Store, hand_ids: list[str]) -> HandFrames:
    """Read hands back from the store, in the order of ``hand_ids``."""
    wanted = pl.LazyFrame({"hand_id": hand_ids}, schema={"hand_id": pl.String})
    parts = {
        name: wanted.join(store.scan(name), on="hand_id", how="inner", maintain_order="left_right")
        for name in ("hands", "seats", "actions")
    }
    hands, seats, actions = pl.collect_all(list(parts.values()))
    played = hands["tournament_id"].drop_nulls().unique()
    tournaments = store.scan("tournaments").filter(pl.col("tournament_id").is_in(played.implode())).collect()
    return HandFrames(
        hands=schema.enforce(hands, "hands"),
        seats=schema.enforce(seats, "seats"),
        actions=schema.enforce(actions, "actions"),
        tournaments=schema.enforce(tournaments, "tournaments"),
        rejects=schema.REJECTS.to_frame(),
    )
