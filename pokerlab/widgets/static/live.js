// @ts-check
/**
 * LiveHands in a page: finished hands, newest first, with the session's line.
 *
 * Sorting, filtering, pausing and all that is switched on and off happen here alone, so they work while the kernel is
 * busy. All text comes from files that others wrote into: it only ever becomes textContent.
 */

import { CARD_STYLE } from "./cards.js";
import { STYLE, follow, make } from "./page.js";
import { Chart } from "./live_chart.js";
import { Reader } from "./live_feed.js";
import { ReplayPanel } from "./live_replay.js";
import { statistics } from "./live_stats.js";
import { LIVE_STYLE } from "./live_style.js";
import { Table } from "./live_table.js";
import { mount } from "./replayer.js";

/**
 * @typedef {import("./page.js").Model} Model
 * @typedef {import("./live_feed.js").Hand} Hand
 */

/** @type {Record<string, string>} */
const STATES = {
  starting: "Starting…",
  "catching up": "Watching, and importing older hands",
  watching: "Watching",
  restarting: "The watcher stopped and is being started again",
  stopped: "Stopped",
};
const GONE = "The kernel was restarted or is gone; run the cell again";
/** What a button switches on and off: a trait, the button's text. */
const SWITCHES = [["show_chart", "Chart"], ["show_stats", "Statistics"], ["show_players", "Players"], ["four_colour", "Four colours"]];

class View {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** Hands that no row shows yet. @type {Hand[]} */
    this.waiting = [];
    this.drawing = false;
    this.table = new Table(model, (hand) => this.replay.open(hand));
    this.chart = new Chart();
    this.stats = make("section", { class: "pkl-part", "aria-label": "Players" });
    this.status = make("span", { class: "pkl-status", role: "status", "aria-live": "polite" });
    this.filter = make("input", { type: "search", placeholder: "Filter", "aria-label": "Filter hands" });
    this.filter.addEventListener("input", () => this.table.filter(this.filter.value));
    this.pause = this.button("paused", "Pause");
    this.switches = SWITCHES.map(([trait, text]) => this.button(trait, text));
    this.root = make("div", { class: "pkl pkl-live" }, make("style", {}, STYLE + CARD_STYLE + LIVE_STYLE),
      make("div", { class: "pkl-bar" }, this.status, this.filter, this.pause, ...this.switches),
      this.chart.el, this.stats, this.table.el);
    this.reader = new Reader(model, {
      show: (hands) => this.show(hands),
      older: (hands) => this.table.addOlder(hands),
      session: (session) => this.chart.restore(session),
      changed: () => this.changed(),
    });
    this.replay = new ReplayPanel(model, this.reader.name, (host, hand) =>
      mount(host, hand, { theme: model.get("theme"), four_colour: model.get("four_colour"), amounts: hand.hand.big_blind ? "bb" : "money" }));
    this.root.append(this.replay.el);
    this.theme = follow(this.root, () => model.get("theme") ?? "auto");
    this.wires = this.listen();
  }

  /** A button that turns a trait round. @param {string} trait @param {string} text */
  button(trait, text) {
    const button = make("button", { type: "button", "data-trait": trait }, text);
    button.addEventListener("click", () => {
      this.model.set(trait, !this.model.get(trait));
      this.model.save_changes();
    });
    return button;
  }

  /** Hear the model; gives what was wired. @returns {[string, (...args: any[]) => void][]} */
  listen() {
    const say = () => this.say();
    const draw = () => this.draw();
    /** @type {[string, (...args: any[]) => void][]} */
    const wires = [
      ["msg:custom", (message) => {
        this.reader.take(message);
        this.replay.take(message);
      }],
      ["change:status", say], ["change:error", say], ["change:paused", draw],
      ["change:selected_hand_id", () => this.table.select()], ["change:max_rows", () => this.table.trim()],
      ["change:theme", () => this.paint()], ["change:show_players", () => this.table.rename()],
      ["change:players", () => this.people()], ["comm_live_update", () => this.leave()],
      ...SWITCHES.map(([trait]) => /** @type {[string, () => void]} */ ([`change:${trait}`, () => this.toggle()])),
    ];
    for (const [name, callback] of wires) this.model.on(name, callback);
    return wires;
  }

  /** Take hands of the feed; no more wait for a row than the table would hold. @param {Hand[]} hands */
  show(hands) {
    this.chart.add(hands);
    this.waiting.push(...hands);
    const cap = this.model.get("max_rows");
    if (this.waiting.length > cap) this.waiting = this.waiting.slice(-cap);
  }

  /** Draw what changed, once a frame however much came; in a page that nobody sees, when somebody does. */
  changed() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
    });
  }

  draw() {
    if (!this.model.get("paused")) this.flush();
    this.say();
  }

  flush() {
    this.table.add(this.waiting);
    this.waiting = [];
    this.chart.draw();
  }

  say() {
    const { reader, model } = this;
    const state = model.get("status");
    const parts = [reader.gone ? GONE : STATES[state] ?? state, reader.count === 1 ? "1 hand" : `${reader.count} hands`];
    if (this.waiting.length && model.get("paused")) parts.push(`${this.waiting.length} new`);
    if (reader.missed === 1n) parts.push("1 earlier hand is not shown here, it is in the store");
    else if (reader.missed) parts.push(`${reader.missed} earlier hands are not shown here, they are in the store`);
    if (reader.late) parts.push("waiting for the kernel, which is busy or gone");
    const trouble = reader.fault || model.get("error");
    if (trouble) parts.push(trouble);
    const text = parts.join(" · ");
    // Set anew only where it is another: screen readers read it out each time.
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.dataset.level = reader.gone || trouble || reader.late || reader.missed || state === "restarting" ? "warn" : "";
    this.pause.textContent = model.get("paused") ? "Resume" : "Pause";
  }

  /** Show the parts that are switched on. */
  toggle() {
    const on = (/** @type {string} */ trait) => Boolean(this.model.get(trait));
    for (const button of this.switches) button.setAttribute("aria-pressed", String(on(button.dataset.trait ?? "")));
    this.root.dataset.fourColour = String(on("four_colour"));
    this.replay.set("four_colour", on("four_colour"));
    this.chart.el.hidden = !on("show_chart");
    this.stats.hidden = !on("show_stats");
    this.people();
  }

  paint() {
    this.theme.paint();
    this.replay.set("theme", this.model.get("theme"));
  }

  people() {
    if (!this.stats.hidden) this.stats.replaceChildren(statistics(this.model.get("players")));
  }

  /** The widget manager says once that the model's kernel ended; nothing will come any more. */
  leave() {
    this.reader.leave();
    this.replay.leave();
    this.say();
  }

  /** Begin: show what is here, then ask for the rest; gives the end. @param {HTMLElement} el */
  open(el) {
    // A page that comes back from being offline may have lost what was sent meanwhile.
    const again = () => this.reader.ask();
    addEventListener("online", again);
    this.toggle();
    // Pausing holds back what is new; a page that opens meanwhile still begins with what was there.
    this.flush();
    this.say();
    el.append(this.root);
    this.reader.ask();
    return () => {
      removeEventListener("online", again);
      for (const [name, callback] of this.wires) this.model.off(name, callback);
      this.theme.end();
      this.reader.leave();
      this.replay.close();
      this.root.remove();
    };
  }
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return new View(model).open(el);
}

export default { render };
