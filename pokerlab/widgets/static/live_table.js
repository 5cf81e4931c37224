// @ts-check
/** The table of hands: sorted, filtered, capped, moved over by keyboard; all in the page alone. */

import { make, tree } from "./page.js";
import { COLUMNS, row } from "./live_rows.js";

/**
 * @typedef {import("./page.js").Model} Model
 * @typedef {import("./live_feed.js").Hand} Hand
 * @typedef {{hand: Hand, number: number, line: HTMLTableRowElement, text: string}} Entry
 */

export class Table {
  /** @param {Model} model @param {(hand: Hand) => void} chosen called where a row is chosen */
  constructor(model, chosen) {
    this.model = model;
    this.chosen = chosen;
    /** In the order in which they came. @type {Entry[]} */
    this.entries = [];
    /** In the order in which they stand. @type {Entry[]} */
    this.sorted = [];
    this.number = 0;
    this.wanted = "";
    this.column = COLUMNS[0];
    this.rises = false;
    this.body = make("tbody");
    this.head = make("tr", {}, ...COLUMNS.map((column) => this.header(column)));
    this.empty = make("div", { class: "pkl-empty" });
    const table = make("table", { role: "grid", "aria-label": "Finished hands" }, make("thead", {}, this.head), this.body);
    this.el = make("div", { class: "pkl-scroll" }, table, this.empty);
    this.body.addEventListener("click", (event) => this.choose(this.entryOf(event)));
    this.body.addEventListener("keydown", (event) => this.press(event));
    this.mark();
  }

  /** @param {import("./live_rows.js").Column} column */
  header(column) {
    const cell = make("th", { scope: "col", class: column.right ? "pkl-right" : "" });
    if (!column.key) cell.append(column.name);
    else {
      const button = make("button", { type: "button" }, column.name);
      button.addEventListener("click", () => this.sort(column));
      cell.append(button);
    }
    return cell;
  }

  /** Add hands that came now, oldest first. @param {Hand[]} hands */
  add(hands) {
    const fresh = hands.map((hand) => this.entry(hand, ++this.number));
    this.entries.push(...fresh);
    this.place(fresh);
  }

  /** Add hands from before the first one, newest first. @param {Hand[]} hands */
  addOlder(hands) {
    const before = this.entries[0]?.number ?? 1;
    const older = hands.map((hand, index) => this.entry(hand, before - 1 - index));
    this.entries.unshift(...older.reverse());
    this.place(older);
  }

  /** @param {Hand} hand @param {number} number @returns {Entry} */
  entry(hand, number) {
    const line = row(hand, this.model.get("show_players"));
    if (hand.hand_id === this.model.get("selected_hand_id")) line.setAttribute("aria-selected", "true");
    return { hand, number, line, text: (line.textContent ?? "").toLowerCase() };
  }

  /** @param {Entry[]} entries */
  place(entries) {
    for (const entry of entries) {
      entry.line.hidden = !entry.text.includes(this.wanted);
      const at = this.position(entry);
      this.body.insertBefore(entry.line, this.sorted[at]?.line ?? null);
      this.sorted.splice(at, 0, entry);
    }
    this.trim();
  }

  /** Where an entry belongs among those that stand. @param {Entry} entry */
  position(entry) {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(this.sorted[middle], entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {Entry} a @param {Entry} b */
  compare(a, b) {
    const newest = b.number - a.number;
    if (this.column === COLUMNS[0]) return this.rises ? -newest : newest;
    const [x, y] = [this.column.key?.(a.hand) ?? null, this.column.key?.(b.hand) ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || newest;
    const way = x < y ? -1 : x > y ? 1 : 0;
    return (this.rises ? way : -way) || newest;
  }

  /** Sort by a column; once more turns it round. @param {import("./live_rows.js").Column} column */
  sort(column) {
    this.rises = column === this.column ? !this.rises : Boolean(column.rises);
    this.column = column;
    this.sorted.sort((a, b) => this.compare(a, b));
    this.body.append(...this.sorted.map((entry) => entry.line));
    this.mark();
    this.settle();
  }

  mark() {
    for (const [index, cell] of [...this.head.children].entries()) {
      if (COLUMNS[index] === this.column) cell.setAttribute("aria-sort", this.rises ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
  }

  /** Let the oldest go that are above the limit, wherever they stand. */
  trim() {
    const gone = new Set(this.entries.splice(0, Math.max(this.entries.length - this.model.get("max_rows"), 0)));
    if (gone.size) this.sorted = this.sorted.filter((entry) => !gone.has(entry));
    for (const entry of gone) entry.line.remove();
    this.settle();
  }

  /** Show the rows that hold a text, whatever its case. @param {string} wanted */
  filter(wanted) {
    this.wanted = wanted.trim().toLowerCase();
    for (const entry of this.entries) entry.line.hidden = !entry.text.includes(this.wanted);
    this.settle();
  }

  /** Write all rows anew, with the players' names or without. */
  rename() {
    for (const entry of this.entries) {
      const { line } = entry;
      Object.assign(entry, this.entry(entry.hand, entry.number));
      entry.line.tabIndex = line.tabIndex;
      const held = line === tree(line).activeElement;
      line.replaceWith(entry.line);
      if (held) entry.line.focus();
    }
    this.filter(this.wanted);
  }

  select() {
    const chosen = this.model.get("selected_hand_id");
    for (const { hand, line } of this.entries) line.setAttribute("aria-selected", String(hand.hand_id === chosen));
  }

  /** @param {Entry | undefined} entry */
  choose(entry) {
    if (!entry) return;
    this.reach(entry.line);
    this.model.set("selected_hand_id", entry.hand.hand_id);
    this.model.save_changes();
    this.select();
    this.chosen(entry.hand);
  }

  /** Where nobody moves inside the table, the first row that is seen is the one that the Tab key reaches. */
  settle() {
    const first = this.sorted.find((entry) => !entry.line.hidden);
    if (!this.body.contains(tree(this.body).activeElement)) this.reach(first?.line);
    this.empty.hidden = first !== undefined;
    this.empty.textContent = this.entries.length
      ? "No hand here has this text."
      : "No finished hand yet. Each appears here as soon as it is over.";
  }

  /** Make a row the one that the Tab key reaches. @param {Element | undefined} line */
  reach(line) {
    this.body.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    line?.setAttribute("tabindex", "0");
  }

  /** @param {Event} event */
  entryOf(event) {
    const line = event.target instanceof Element ? event.target.closest("tbody tr") : null;
    return this.entries.find((entry) => entry.line === line);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const entry = this.entryOf(event);
    // With a modifier a key is the notebook's: Shift+Enter runs the cell.
    if (!entry || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") this.choose(entry);
    else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) this.step(entry, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Entry} entry @param {string} key */
  step(entry, key) {
    const seen = this.sorted.filter(({ line }) => !line.hidden);
    const at = seen.indexOf(entry);
    const wish = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: seen.length - 1 }[key] ?? at;
    const next = seen[wish];
    if (!next) return;
    this.reach(next.line);
    next.line.focus();
  }
}
