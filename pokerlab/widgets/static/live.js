// @ts-check
/**
 * LiveHands in a page: finished hands, newest first.
 *
 * The feed's rule is one number after the other. A view tells what it has ("ready"), takes the number that follows its
 * last one, and drops all else; when a later number comes first, something was lost and it says "ready" again.
 * Pausing and filtering happen here alone, so they work while the kernel is busy.
 *
 * All text comes from files that others wrote into: it only ever becomes textContent.
 */

/**
 * @typedef {{player: string, position: string | null, hole: string | null, net: number, ev_net: number | null}} Hero
 * @typedef {{player: string, hole: string | null, showed: boolean, dealt: boolean, is_hero: boolean, net: number}} Seat
 * @typedef {{hand_id: string, played_at: string, format: string, pool: string | null, game: string, limit: string,
 *   unit: string, table: string, small_blind: number | null, big_blind: number | null, ante: number | null,
 *   board: string | null, pot: number, rake: number, tournament_name: string | null, hero: Hero | null,
 *   seats: Seat[]}} Hand
 * @typedef {{type: "new_hand", epoch: string, seq: string, hand: Hand}} NewHand
 * @typedef {{type: "gap", from_seq: string, to_seq: string}} Gap
 * @typedef {{type: "error", code: string, message: string}} Fault
 * @typedef {NewHand | Gap | Fault} Message
 * @typedef {{kind: string, view: string | null, messages: Message[]}} Batch
 * @typedef {{epoch: string, seq: string, messages: NewHand[]}} Snapshot
 * @typedef {{get(name: string): any, set(name: string, value: any): void, save_changes(): void,
 *   send(content: any): void, on(name: string, callback: (...args: any[]) => void): void,
 *   off(name: string, callback: (...args: any[]) => void): void}} Model
 */

const SUITS = { c: ["♣", "clubs"], d: ["♦", "diamonds"], h: ["♥", "hearts"], s: ["♠", "spades"] };
const GAMES = { holdem: "Hold'em", omaha4: "Omaha", omaha5: "Omaha 5", omaha4_hilo: "Omaha Hi/Lo" };
const LIMITS = { no_limit: "NL", pot_limit: "PL", fixed_limit: "FL" };
const STATES = {
  starting: "Starting…",
  watching: "Watching",
  restarting: "The watcher stopped and is being started again",
  stopped: "Stopped",
};
const GONE = "The kernel was restarted or is gone; run the cell again";
const COLUMNS = ["Time", "Game", "Position", "Cards", "Board", "Net", "bb"];
// Made once: toLocaleString with options makes its formatter anew each time, which was most of a row's cost.
const CLOCK = new Intl.DateTimeFormat([], { hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" });
const CENTS = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const CHIPS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const ANSWER_MS = 3000;
const PATIENCE_MS = 60000;

const STYLE = `
.pkl-live { --pkl-line: var(--jp-border-color2, #d9d9d9); --pkl-soft: var(--jp-content-font-color2, #666);
  --pkl-text: var(--jp-content-font-color1, #1f1f1f); --pkl-back: var(--jp-layout-color1, #fff);
  --pkl-over: var(--jp-layout-color2, #f2f2f2); --pkl-mark: #cfe3fb;
  --pkl-focus: var(--jp-brand-color1, #1976d2); --pkl-red: #c62828; --pkl-black: #1f1f1f; --pkl-card: #fff;
  --pkl-edge: #bdbdbd; --pkl-won: #1b7f3b; --pkl-lost: #b3261e; --pkl-warn: #8a5300;
  color: var(--pkl-text); background: var(--pkl-back); border: 1px solid var(--pkl-line); border-radius: 4px;
  font-family: var(--jp-ui-font-family, system-ui, sans-serif); font-size: var(--jp-ui-font-size1, 13px); }
.pkl-live[data-theme="dark"] { --pkl-won: #6fcf8a; --pkl-lost: #ff9a91; --pkl-warn: #ffb74d; --pkl-card: #f5f5f5;
  --pkl-edge: #8a8a8a; --pkl-line: var(--jp-border-color2, #444); --pkl-soft: var(--jp-content-font-color2, #aaa);
  --pkl-text: var(--jp-content-font-color1, #e6e6e6); --pkl-back: var(--jp-layout-color1, #1b1b1b);
  --pkl-over: var(--jp-layout-color2, #2a2a2a); --pkl-mark: #153a5e;
  --pkl-focus: var(--jp-brand-color1, #64b5f6); }
.pkl-live[data-forced="light"] { --pkl-text: #1f1f1f; --pkl-soft: #666; --pkl-back: #fff; --pkl-over: #f2f2f2;
  --pkl-line: #d9d9d9; --pkl-mark: #cfe3fb; --pkl-focus: #1976d2; }
.pkl-live[data-forced="dark"] { --pkl-text: #e6e6e6; --pkl-soft: #aaa; --pkl-back: #1b1b1b; --pkl-over: #2a2a2a;
  --pkl-line: #444; --pkl-mark: #153a5e; --pkl-focus: #64b5f6; }
.pkl-live .pkl-bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 6px 8px;
  border-bottom: 1px solid var(--pkl-line); }
.pkl-live .pkl-status { flex: 1 1 12em; color: var(--pkl-soft); }
.pkl-live .pkl-status[data-level="warn"] { color: var(--pkl-warn); }
.pkl-live button, .pkl-live input { font: inherit; color: inherit; background: var(--pkl-over);
  border: 1px solid var(--pkl-line); border-radius: 3px; padding: 2px 8px; }
.pkl-live button { cursor: pointer; }
.pkl-live .pkl-scroll { max-height: 26em; overflow: auto; }
.pkl-live table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.pkl-live th { position: sticky; top: 0; background: var(--pkl-back); color: var(--pkl-soft); font-weight: 600; }
.pkl-live th, .pkl-live td { padding: 3px 8px; text-align: left; white-space: nowrap;
  border-bottom: 1px solid var(--pkl-line); }
.pkl-live td:nth-child(2) { max-width: 24em; overflow: hidden; text-overflow: ellipsis; }
.pkl-live th:nth-child(n + 6), .pkl-live td:nth-child(n + 6) { text-align: right; }
.pkl-live tbody tr { cursor: pointer; }
.pkl-live tbody tr:hover { background: var(--pkl-over); }
.pkl-live tbody tr[aria-selected="true"] { background: var(--pkl-mark); }
.pkl-live :focus-visible { outline: 2px solid var(--pkl-focus); outline-offset: -2px; }
.pkl-live .pkl-card { display: inline-block; min-width: 1.9em; margin-right: 2px; padding: 0 2px; text-align: center;
  color: var(--pkl-black); background: var(--pkl-card); border: 1px solid var(--pkl-edge); border-radius: 3px; }
.pkl-live .pkl-card[data-suit="h"], .pkl-live .pkl-card[data-suit="d"] { color: var(--pkl-red); }
.pkl-live .pkl-soft { color: var(--pkl-soft); }
.pkl-live .pkl-won { color: var(--pkl-won); }
.pkl-live .pkl-lost { color: var(--pkl-lost); }
.pkl-live .pkl-empty { padding: 16px; text-align: center; color: var(--pkl-soft); }
`;

/**
 * Make an element; its children are elements or text, never markup.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {number | null} amount @param {string} unit @param {boolean} [signed] */
export function money(amount, unit, signed = false) {
  if (amount === null || amount === undefined) return "";
  const text = unit === "chip" ? CHIPS.format(Math.abs(amount)) : CENTS.format(Math.abs(amount) / 100);
  const lead = amount < 0 ? "−" : signed && amount > 0 ? "+" : "";
  return `${lead}${text}${unit === "eur_cent" ? " €" : ""}`;
}

/** @param {string | null} joined */
function cards(joined) {
  const box = make("span");
  for (const card of (joined ?? "").match(/[2-9TJQKA][cdhs]/g) ?? []) {
    const [sign, name] = SUITS[/** @type {"c"} */ (card[1])];
    const label = `${card[0]} of ${name}`;
    box.append(make("span", { class: "pkl-card", role: "img", "aria-label": label, "data-suit": card[1] }, card[0] + sign));
  }
  return box;
}

/** @param {Hand} hand */
function stakes(hand) {
  const limit = LIMITS[/** @type {"no_limit"} */ (hand.limit)] ?? hand.limit;
  const game = GAMES[/** @type {"holdem"} */ (hand.game)] ?? hand.game;
  const plain = (/** @type {number} */ amount) => money(amount, hand.unit).replace(" €", "");
  const amounts = [[hand.small_blind, hand.big_blind].filter((blind) => blind !== null).map(plain).join("/")];
  if (hand.ante) amounts.push(`ante ${plain(hand.ante)}`);
  const priced = amounts.filter(Boolean).join(" ");
  return [limit, game, priced, priced && hand.unit === "eur_cent" ? "€" : ""].filter(Boolean).join(" ");
}

/** @param {number | null | undefined} net */
function tone(net) {
  return !net ? "pkl-soft" : net > 0 ? "pkl-won" : "pkl-lost";
}

/** @param {Hand} hand @param {boolean} players */
function row(hand, players) {
  const hero = hand.hero;
  const place = hand.tournament_name ?? hand.pool ?? hand.table;
  const others = players ? hand.seats.filter((seat) => seat.dealt && !seat.is_hero).map((seat) => seat.player) : [];
  const played = new Date(hand.played_at);
  const clock = Number.isNaN(played.getTime()) ? "" : CLOCK.format(played);
  const net = hero ? hero.net : null;
  const big = net !== null && hand.big_blind ? net / hand.big_blind : null;
  const size = big === null ? "" : `${big < 0 ? "−" : big > 0 ? "+" : ""}${Math.abs(big).toFixed(1)}`;
  const cells = [
    make("td", { title: played.toLocaleString() }, clock),
    make("td", { title: [place, ...others].join(" · ") }, stakes(hand), " ", make("span", { class: "pkl-soft" }, [place, ...others].join(" · "))),
    make("td", {}, hero?.position ?? ""),
    make("td", {}, cards(hero?.hole ?? null)),
    make("td", {}, cards(hand.board)),
    make("td", { class: tone(net) }, money(net, hand.unit, true)),
    make("td", { class: tone(net) }, size),
  ];
  return make("tr", { tabindex: "-1", "aria-selected": "false", "data-hand": hand.hand_id }, ...cells);
}

/** Tell whether the page around is dark, by JupyterLab's own mark or by the system's wish. @param {string} wish */
function theme(wish) {
  if (wish === "light" || wish === "dark") return wish;
  const lab = document.body.dataset.jpThemeLight;
  if (lab) return lab === "false" ? "dark" : "light";
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** What a view has of the feed: takes each number once and in order. */
class Reader {
  /** @param {Model} model @param {(hands: Hand[]) => void} show @param {() => void} changed */
  constructor(model, show, changed) {
    this.model = model;
    this.show = show;
    this.changed = changed;
    this.name = `v${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`;
    this.asks = 0;
    this.view = "";
    this.wait = ANSWER_MS;
    this.epoch = "";
    this.last = 0n;
    this.missed = 0n;
    this.fault = "";
    this.asked = false;
    this.late = false;
    this.timer = 0;
    const snapshot = /** @type {Snapshot} */ (model.get("snapshot") ?? { epoch: "", seq: "0", messages: [] });
    this.epoch = snapshot.epoch ?? "";
    this.last = BigInt(snapshot.seq ?? 0);
    show((snapshot.messages ?? []).map((message) => message.hand));
  }

  ask() {
    this.asked = true;
    // A name for each question: the answer to an older one would bring what the page has by now.
    this.view = `${this.name}-${++this.asks}`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.overdue(), this.wait);
    this.model.send({ kind: "ready", view: this.view, epoch: this.epoch || null, seq: String(this.last) });
  }

  overdue() {
    this.late = true;
    this.wait = Math.min(2 * this.wait, PATIENCE_MS);
    this.ask();
    this.changed();
  }

  /** @param {Batch} batch */
  take(batch) {
    if (batch?.kind !== "hands" || (batch.view !== null && batch.view !== this.view)) return;
    /** @type {Hand[]} */
    const fresh = [];
    let lost = false;
    for (const message of batch.messages) {
      if (message.type === "error") this.fault = message.message;
      else if (message.type === "gap") this.skip(message);
      else if (BigInt(message.seq) === this.last + 1n) {
        this.last += 1n;
        this.epoch = message.epoch;
        fresh.push(message.hand);
      } else lost ||= BigInt(message.seq) > this.last;
    }
    if (batch.view === this.view) this.answered();
    if (fresh.length) this.show(fresh);
    // Before the first answer a later number is no loss: the replay that was asked for brings it.
    if (lost && !this.asked) this.ask();
    this.changed();
  }

  answered() {
    this.asked = this.late = false;
    this.wait = ANSWER_MS;
    clearTimeout(this.timer);
  }

  /** @param {Gap} gap */
  skip(gap) {
    const to = BigInt(gap.to_seq);
    if (gap.from_seq === "0") this.last = 0n; // another epoch, counted from 1
    if (to <= this.last) return;
    this.missed += to - this.last;
    this.last = to;
  }

  close() {
    clearTimeout(this.timer);
  }
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const status = make("span", { class: "pkl-status", role: "status", "aria-live": "polite" });
  const filter = /** @type {HTMLInputElement} */ (make("input", { type: "search", placeholder: "Filter", "aria-label": "Filter hands" }));
  const pause = /** @type {HTMLButtonElement} */ (make("button", { type: "button" }));
  const body = /** @type {HTMLTableSectionElement} */ (make("tbody"));
  const empty = make("div", { class: "pkl-empty" }, "No finished hand yet. Each appears here as soon as it is over.");
  const head = make("tr", {}, ...COLUMNS.map((name) => make("th", { scope: "col" }, name)));
  const table = make("table", { "aria-label": "Finished hands, newest first" }, make("thead", {}, head), body);
  const root = make("div", { class: "pkl-live" }, make("style", {}, STYLE),
    make("div", { class: "pkl-bar" }, status, filter, pause), make("div", { class: "pkl-scroll" }, table, empty));
  /** @type {WeakMap<Element, Hand>} */
  const shown = new WeakMap();
  /** @type {Hand[]} */
  let waiting = [];
  let count = 0;
  let gone = false;

  /** @param {Hand[]} hands */
  function show(hands) {
    count += hands.length;
    waiting.push(...hands);
    const cap = model.get("max_rows");
    if (waiting.length > cap) waiting = waiting.slice(-cap);
    if (!model.get("paused")) flush();
    say();
  }

  function flush() {
    const wanted = filter.value.trim().toLowerCase();
    const chosen = model.get("selected_hand_id");
    const fresh = waiting.reverse().map((hand) => {
      const line = row(hand, model.get("show_players"));
      shown.set(line, hand);
      line.hidden = !matches(line, wanted);
      if (hand.hand_id === chosen) line.setAttribute("aria-selected", "true");
      return line;
    });
    waiting = [];
    body.prepend(...fresh);
    trim();
  }

  function trim() {
    for (let excess = body.rows.length - model.get("max_rows"); excess > 0; excess--) body.deleteRow(-1);
    empty.hidden = body.rows.length > 0;
    settle();
  }

  /** Where nobody moves inside the table, the newest row that is seen is the one that the Tab key reaches. */
  function settle() {
    if (!body.contains(document.activeElement)) reach(body.querySelector("tr:not([hidden])"));
  }

  /** Make a row the one that the Tab key reaches. @param {Element | null} line */
  function reach(line) {
    body.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    line?.setAttribute("tabindex", "0");
  }

  /** Write all rows anew, with the players' names or without. */
  function rename() {
    for (const line of [...body.rows]) {
      const hand = shown.get(line);
      if (!hand) continue;
      const fresh = row(hand, model.get("show_players"));
      for (const name of ["tabindex", "aria-selected"]) fresh.setAttribute(name, line.getAttribute(name) ?? "");
      shown.set(fresh, hand);
      const held = line === document.activeElement;
      line.replaceWith(fresh);
      if (held) fresh.focus();
    }
    narrow();
  }

  /** @param {HTMLElement} line @param {string} wanted */
  function matches(line, wanted) {
    return (line.textContent ?? "").toLowerCase().includes(wanted);
  }

  function narrow() {
    const wanted = filter.value.trim().toLowerCase();
    for (const line of [...body.rows]) line.hidden = !matches(line, wanted);
    settle();
  }

  function say() {
    const state = model.get("status");
    const parts = [gone ? GONE : STATES[/** @type {"watching"} */ (state)] ?? state, count === 1 ? "1 hand" : `${count} hands`];
    if (waiting.length) parts.push(`${waiting.length} new`);
    if (reader?.missed === 1n) parts.push("1 earlier hand is not shown here, it is in the store");
    else if (reader?.missed) parts.push(`${reader.missed} earlier hands are not shown here, they are in the store`);
    if (reader?.late) parts.push("waiting for the kernel, which is busy or gone");
    const trouble = reader?.fault || model.get("error");
    if (trouble) parts.push(trouble);
    status.textContent = parts.join(" · ");
    status.dataset.level = gone || trouble || reader?.late || reader?.missed || state === "restarting" ? "warn" : "";
    pause.textContent = model.get("paused") ? "Resume" : "Pause";
  }

  function paint() {
    const wish = model.get("theme") ?? "auto";
    root.dataset.theme = theme(wish);
    if (wish === "auto") delete root.dataset.forced;
    else root.dataset.forced = wish;
  }

  function paused() {
    if (!model.get("paused")) flush();
    say();
  }

  function selected() {
    const chosen = model.get("selected_hand_id");
    for (const line of [...body.rows]) {
      line.setAttribute("aria-selected", String(line.dataset.hand === chosen));
    }
  }

  /** @param {HTMLElement} line */
  function choose(line) {
    reach(line);
    model.set("selected_hand_id", line.dataset.hand ?? null);
    model.save_changes();
    selected();
  }

  /** @param {Event} event */
  function lineOf(event) {
    return event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("tbody tr")) : null;
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const line = lineOf(event);
    // With a modifier a key is the notebook's: Shift+Enter runs the cell.
    if (!line || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") choose(line);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(line, event.key === "ArrowDown");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {HTMLElement} line @param {boolean} down */
  function step(line, down) {
    const beside = (/** @type {Element} */ from) => /** @type {HTMLElement | null} */ (down ? from.nextElementSibling : from.previousElementSibling);
    let next = beside(line);
    while (next?.hidden) next = beside(next);
    if (!next) return;
    reach(next);
    next.focus();
  }

  /** The widget manager says once that the model's kernel ended; nothing will come any more. */
  function leave() {
    gone = true;
    reader?.close();
    say();
  }

  /** @type {Reader | undefined} */
  let reader;
  reader = new Reader(model, show, say);
  /** @param {Batch} batch */
  const take = (batch) => reader?.take(batch);
  /** @type {[string, (...args: any[]) => void][]} */
  const wires = [["msg:custom", take], ["change:status", say], ["change:error", say], ["change:paused", paused],
    ["change:selected_hand_id", selected], ["change:max_rows", trim], ["change:theme", paint],
    ["change:show_players", rename], ["comm_live_update", leave]];
  for (const [name, callback] of wires) model.on(name, callback);
  filter.addEventListener("input", narrow);
  pause.addEventListener("click", () => {
    model.set("paused", !model.get("paused"));
    model.save_changes();
    paused();
  });
  body.addEventListener("click", (event) => {
    const line = lineOf(event);
    if (line) choose(line);
  });
  body.addEventListener("keydown", key);
  const watcher = new MutationObserver(paint);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  const system = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  system?.addEventListener("change", paint);

  paint();
  // Pausing holds back what is new; a page that opens meanwhile still begins with what was there.
  flush();
  say();
  el.append(root);
  reader.ask();

  return () => {
    for (const [name, callback] of wires) model.off(name, callback);
    watcher.disconnect();
    system?.removeEventListener("change", paint);
    reader?.close();
    root.remove();
  };
}

export default { render };
