// @ts-check
/** The kernel's end of a page in a test's hands, made-up messages, and a view with what a reader sees of it. */

import live from "../../pokerlab/widgets/static/live.js";

/**
 * @typedef {import("../../pokerlab/widgets/static/live_feed.js").Hand} Hand
 * @typedef {import("../../pokerlab/widgets/static/live_feed.js").Hero} Hero
 * @typedef {import("../../pokerlab/widgets/static/live_feed.js").Seat} Seat
 * @typedef {import("../../pokerlab/widgets/static/live_feed.js").NewHand} NewHand
 * @typedef {import("../../pokerlab/widgets/static/live_feed.js").Message} Message
 * @typedef {(...args: any[]) => void} Listener
 * @typedef {{kind: string, view: string, epoch: string | null, seq: string, first: string}} Question
 */

/**
 * The frames of the page come at once, unless a test holds them back.
 * @type {{held: FrameRequestCallback[] | null}}
 */
export const frames = { held: null };

globalThis.requestAnimationFrame = (callback) => {
  if (frames.held) frames.held.push(callback);
  else callback(0);
  return 1;
};

export const HOSTILE = "<img src=x onerror=alert(1)>";

/** @param {Partial<Seat>} [changes] @returns {Seat} */
export function seat(changes) {
  return { player: "bob", hole: null, showed: false, dealt: true, is_hero: false, net: 1, ...changes };
}

/** @type {Hero} */
export const HERO = { player: "Hero", position: "SB", hole: "AsKd", net: -1, ev_net: null };

/** @param {number} number @param {Partial<Hand>} [changes] @returns {Hand} */
export function hand(number, changes) {
  return {
    hand_id: `1-${number}`,
    played_at: new Date(Date.UTC(2024, 6, 3, 20, 0, number)).toISOString(),
    format: "cash",
    pool: null,
    game: "holdem",
    limit: "no_limit",
    unit: "eur_cent",
    table: "Nice",
    small_blind: 1,
    big_blind: 2,
    ante: 0,
    board: "Ks7d2c",
    pot: 3,
    rake: 0,
    tournament_name: null,
    hero: HERO,
    seats: [seat({ player: "Hero", hole: "AsKd", is_hero: true, net: -1 }), seat()],
    ...changes,
  };
}

/** @param {number} number @param {Partial<Hand>} [changes] @returns {NewHand} */
export function dealt(number, changes) {
  return { type: "new_hand", epoch: "e1", seq: String(number), hand: hand(number, changes) };
}

/** Messages of the hands from one number to another, both included. @param {number} from @param {number} to */
export function run(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => dealt(from + index));
}

/** @param {number} from @param {number} to @returns {Message} */
export function gap(from, to) {
  return { type: "gap", from_seq: String(from), to_seq: String(to) };
}

/** The trait that a page begins with. @param {Message[]} messages @param {number} [seq] */
export function snapshot(messages, seq = messages.length) {
  return { epoch: "e1", seq: String(seq), messages };
}

/** A model as anywidget gives it to a page. */
export class Model {
  /** @param {Record<string, unknown>} [traits] */
  constructor(traits) {
    /** @type {Record<string, any>} */
    this.traits = {
      status: "watching",
      error: "",
      paused: false,
      selected_hand_id: null,
      max_rows: 500,
      theme: "auto",
      show_players: false,
      show_chart: true,
      show_stats: false,
      four_colour: false,
      players: {},
      snapshot: snapshot([]),
      ...traits,
    };
    /** @type {Question[]} */
    this.questions = [];
    /** @type {Record<string, unknown>[]} */
    this.saved = [];
    /** @type {Record<string, unknown>} */
    this.unsaved = {};
    /** @type {[string, Listener][]} */
    this.listeners = [];
  }

  /** @param {string} name */
  get(name) {
    return this.traits[name];
  }

  /** @param {string} name @param {unknown} value */
  set(name, value) {
    if (this.traits[name] === value) return;
    this.unsaved[name] = value;
    this.sync(name, value);
  }

  save_changes() {
    this.saved.push(this.unsaved);
    this.unsaved = {};
  }

  /** @param {Question} content */
  send(content) {
    this.questions.push(structuredClone(content));
  }

  /** @param {string} name @param {Listener} callback */
  on(name, callback) {
    this.listeners.push([name, callback]);
  }

  /** @param {string} name @param {Listener} callback */
  off(name, callback) {
    this.listeners = this.listeners.filter(([at, listener]) => at !== name || listener !== callback);
  }

  /** @param {string} name @param {...unknown} args */
  fire(name, ...args) {
    for (const [at, listener] of [...this.listeners]) if (at === name) listener(...args);
  }

  /** Change a trait as the kernel does. @param {string} name @param {unknown} value */
  sync(name, value) {
    this.traits[name] = value;
    this.fire(`change:${name}`);
  }

  /** Send a batch to one view, or to all where `view` is null. @param {string | null} view @param {Message[]} messages */
  deliver(view, messages) {
    this.fire("msg:custom", structuredClone({ kind: "hands", view, messages }), []);
  }

  /** @param {...Message} messages */
  announce(...messages) {
    this.deliver(null, messages);
  }

  /** Answer a question, the last one unless told. @param {Message[]} [messages] @param {Question} [question] */
  answer(messages = [], question = this.question) {
    this.deliver(question.view, messages);
  }

  get question() {
    const last = this.questions.at(-1);
    if (!last) throw new Error("the page has asked nothing");
    return last;
  }
}

/** What a reader of the page sees and does. */
export class View {
  /** @param {Model} model */
  constructor(model) {
    this.el = document.createElement("div");
    document.body.append(this.el);
    this.close = live.render({ model, el: this.el });
  }

  /** @template {HTMLElement} [E=HTMLElement] @param {string} selector @returns {E} */
  find(selector) {
    const node = /** @type {E | null} */ (this.el.querySelector(selector));
    if (!node) throw new Error(`the page has no ${selector}`);
    return node;
  }

  get root() {
    return this.find(".pkl-live");
  }

  get status() {
    return this.find("[role=status]");
  }

  get rows() {
    return /** @type {HTMLElement[]} */ ([...this.el.querySelectorAll("[role=grid] tbody tr")]);
  }

  /** Numbers of the hands that are seen, from above. */
  get numbers() {
    return this.rows.filter((row) => !row.hidden).map((row) => Number(row.dataset.hand?.slice(2)));
  }

  /** Numbers of the rows that the Tab key reaches. */
  get stops() {
    return this.rows.filter((row) => row.tabIndex === 0 && !row.hidden).map((row) => Number(row.dataset.hand?.slice(2)));
  }

  /** Texts of the cells of the newest row. */
  get cells() {
    return [...this.find("[role=grid] tbody tr").children].map((cell) => cell.textContent);
  }

  /** @param {number} number */
  row(number) {
    return this.find(`[data-hand="1-${number}"]`);
  }

  /** @param {string} text */
  filter(text) {
    const input = /** @type {HTMLInputElement} */ (this.find("input"));
    input.value = text;
    input.dispatchEvent(new Event("input"));
  }

  /** Press a key where the focus is; tells whether the page left it to others. @param {string} key @param {KeyboardEventInit} [held] */
  press(key, held) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held });
    return document.activeElement?.dispatchEvent(event);
  }
}
