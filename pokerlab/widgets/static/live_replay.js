// @ts-check
/** The hand that was chosen, whole, below the table: asked of the kernel, which may be busy or gone. */

import { make } from "./page.js";

/**
 * @typedef {import("./page.js").Model} Model
 * @typedef {import("./live_feed.js").Hand} Hand
 * @typedef {{set(name: "theme" | "four_colour", value: string | boolean): void, end(): void}} Shown
 * @typedef {(host: HTMLElement, hand: any) => Shown} Mount draws a whole hand
 * @typedef {{kind: "replay", view: string, hand_id: string, hand: any, error: string | null}} Answer
 */

const WAITING = "Waiting for the kernel, which answers when it is not busy…";
const GONE = "The kernel is gone; run the cell again to replay hands.";

export class ReplayPanel {
  /** @param {Model} model @param {string} view name of the view, which its answers bear @param {Mount} mount */
  constructor(model, view, mount) {
    this.model = model;
    this.view = view;
    this.mount = mount;
    this.wanted = "";
    this.gone = false;
    /** @type {Shown | undefined} */
    this.shown = undefined;
    this.title = make("span");
    this.note = make("div", { class: "pkl-empty", role: "status" });
    this.host = make("div");
    const close = make("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.close());
    this.el = make("section", { class: "pkl-replay-part", "aria-label": "Replay" },
      make("div", { class: "pkl-bar" }, this.title, close), this.note, this.host);
    this.el.hidden = true;
  }

  /** Ask for a hand, and show that it is awaited. @param {Hand} hand */
  open(hand) {
    this.clear();
    this.wanted = hand.hand_id;
    this.el.hidden = false;
    this.title.textContent = `Hand ${hand.hand_id}`;
    this.say(this.gone ? GONE : WAITING);
    if (!this.gone) this.model.send({ kind: "replay", view: this.view, hand_id: hand.hand_id });
  }

  /** @param {Answer} answer */
  take(answer) {
    if (answer?.kind !== "replay" || answer.view !== this.view || answer.hand_id !== this.wanted) return;
    this.clear();
    if (answer.error) this.say(answer.error);
    else this.shown = this.mount(this.host, answer.hand);
  }

  /** Give the hand that is shown another look. @param {"theme" | "four_colour"} name @param {string | boolean} value */
  set(name, value) {
    this.shown?.set(name, value);
  }

  leave() {
    this.gone = true;
    if (this.wanted) this.say(GONE);
  }

  close() {
    this.clear();
    this.el.hidden = true;
  }

  clear() {
    this.shown?.end();
    this.shown = undefined;
    this.wanted = "";
    this.say("");
  }

  /** @param {string} text */
  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }
}
