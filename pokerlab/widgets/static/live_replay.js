// @ts-check
/** The hand that was chosen, whole, below the table: asked of the kernel, which may be busy or gone. */

import { make } from "./page.js";

/**
 * @typedef {import("./page.js").Model} Model
 * @typedef {import("./live_feed.js").Hand} Hand
 * @typedef {(host: HTMLElement, hand: any) => void | (() => void)} Mount draws a whole hand; gives what ends it
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
    /** @type {void | (() => void)} */
    this.end = undefined;
    this.title = make("span");
    this.host = make("div", { role: "status" });
    const close = make("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.close());
    this.el = make("section", { class: "pkl-part", "aria-label": "Replay" }, make("div", { class: "pkl-head" }, this.title, close), this.host);
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
    else this.end = this.mount(this.host, answer.hand);
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
    this.end?.();
    this.end = undefined;
    this.wanted = "";
    this.host.replaceChildren();
  }

  /** @param {string} text */
  say(text) {
    this.host.replaceChildren(make("div", { class: "pkl-empty" }, text));
  }
}
