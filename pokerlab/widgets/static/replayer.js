// @ts-check
/**
 * A finished hand, step by step: drawn, listed, and told to those who hear the page. Everything was computed before, so
 * the page needs no kernel to step, to play or to change amounts and colours.
 */

import { CARD_STYLE, cards } from "./cards.js";
import { STYLE, follow, make, tree } from "./page.js";
import { TABLE_STYLE, heard, sentence, table } from "./table.js";

/**
 * @typedef {import("./page.js").Model} Model
 * @typedef {import("./table.js").Hand} Hand
 * @typedef {import("./table.js").Step} Step
 * @typedef {{step: number, amounts: string, four_colour: boolean, theme: string}} Shown
 */

/** @type {Record<string, string>} */
const STREETS = {
  blinds: "Start", preflop: "Pre-flop", flop: "Flop", turn: "Turn", river: "River", showdown: "Showdown",
  third: "3rd", fourth: "4th", fifth: "5th", sixth: "6th", seventh: "7th",
  draw1: "Draw 1", draw2: "Draw 2", draw3: "Draw 3",
};
const SPEEDS = { "½×": 2400, "1×": 1200, "2×": 600, "4×": 300 };

const REPLAY_STYLE = `
.pkl-replay { display: flex; flex-wrap: wrap; outline: none; }
.pkl-replay:focus-visible { outline: 2px solid var(--pkl-focus); outline-offset: 1px; }
.pkl-replay .pkl-main { flex: 3 1 28em; min-width: 0; }
.pkl-replay .pkl-head { padding: 6px 8px 0; overflow-wrap: anywhere; }
.pkl-replay .pkl-now { min-height: 1.6em; padding: 2px 8px; text-align: center; font-weight: 600; overflow-wrap: anywhere; }
.pkl-replay .pkl-list { flex: 1 1 14em; max-height: 38em; margin: 0; padding: 4px; overflow: auto; list-style: none;
  position: relative; }
.pkl-replay .pkl-list button { display: block; width: 100%; text-align: left; background: none; border-color: transparent;
  overflow-wrap: anywhere; }
.pkl-replay .pkl-list button:hover { background: var(--pkl-over); }
.pkl-replay .pkl-list button[aria-current="step"] { background: var(--pkl-mark); }
.pkl-replay .pkl-list .pkl-street { font-weight: 600; margin-top: 4px; border-bottom: 1px solid var(--pkl-line); }
.pkl-replay .pkl-note { padding: 0 8px 6px; }
`;

/**
 * Show a hand in an element.
 * @param {HTMLElement} host
 * @param {Hand} data what `pokerlab.widgets.hand_steps` gives
 * @param {Partial<Shown>} [begin]
 * @param {(name: keyof Shown, value: number | string | boolean) => void} [changed] told of what the reader changes
 */
export function mount(host, data, begin = {}, changed = () => {}) {
  const first = Math.max(data.steps.findIndex((step) => step.action === "street"), 0);
  /** @type {Shown} */
  const shown = { step: first, amounts: "money", four_colour: false, theme: "auto", ...begin };
  const last = data.steps.length - 1;
  const within = (/** @type {number} */ step) => Math.min(Math.max(Math.trunc(step) || 0, 0), last);
  shown.step = within(shown.step);
  let timer = 0;

  const drawing = make("div");
  const now = make("div", { class: "pkl-now", "aria-hidden": "true" });
  const said = make("div", { class: "pkl-unseen", role: "status", "aria-live": "polite" });
  const list = make("ol", { class: "pkl-list", "aria-label": "Actions" });
  const buttons = {
    first: button("|◀", "First step", () => go(0)),
    back: button("◀", "Step back", () => go(shown.step - 1)),
    play: button("Play", "", toggle),
    next: button("▶", "Step forward", () => go(shown.step + 1)),
    last: button("▶|", "Last step", () => go(last)),
    unit: button("bb", "bb: amounts in big blinds", () => set("amounts", shown.amounts === "bb" ? "money" : "bb", true)),
    colours: button("♣♦♥♠", "Four colours", () => set("four_colour", !shown.four_colour, true)),
  };
  const speed = make("select", { "aria-label": "Speed" },
    ...Object.entries(SPEEDS).map(([name, wait]) => make("option", { value: wait }, name)));
  speed.value = String(SPEEDS["1×"]);
  const streets = [...new Set(data.steps.map((step) => step.street))].map((street) => {
    const at = data.steps.findIndex((step) => step.street === street);
    const jump = button(STREETS[street] ?? street, "", () => go(at));
    jump.dataset.street = street;
    return jump;
  });
  const lines = data.steps.map((step, n) => line(step, () => go(n)));
  list.append(...lines.map((each) => make("li", {}, each.button)));

  const hand = data.hand;
  const head = make("div", { class: "pkl-head" }, hand.place, " ",
    make("span", { class: "pkl-soft" }, `${hand.played_at.replace("T", " ").replace("Z", " UTC")} · #${hand.hand_id}`));
  const bar = make("div", { class: "pkl-bar" }, buttons.first, buttons.back, buttons.play, buttons.next, buttons.last, speed,
    buttons.unit, buttons.colours);
  const jumps = make("div", { class: "pkl-bar", role: "group", "aria-label": "Streets" }, ...streets);
  const main = make("div", { class: "pkl-main" }, head, drawing, now, said, jumps, bar);
  if (data.steps.some((step) => step.equity.some((share) => share !== null))) {
    main.append(make("div", { class: "pkl-note pkl-soft" }, "Per cent: exact equity among the live hands that are known."));
  }
  const root = make("div", { class: "pkl pkl-replay", tabindex: "0", role: "group", "aria-label": `Replay of hand ${hand.hand_id}`,
    "data-lm-suppress-shortcuts": "true" }, make("style", {}, STYLE + CARD_STYLE + TABLE_STYLE + REPLAY_STYLE), main, list);

  /** A line of the list: its words are written anew when amounts change. @param {Step} step @param {() => void} chosen */
  function line(step, chosen) {
    const words = make("span");
    const node = make("button", { type: "button", tabindex: "-1" }, words);
    if (step.action === "street" || step.action === "start") node.classList.add("pkl-street");
    if (step.told) node.append(" ", cards(step.told));
    if (step.all_in) node.append(" ", make("span", { class: "pkl-warn" }, "all-in"));
    node.addEventListener("click", chosen);
    return { button: node, words };
  }

  /** @param {string} text @param {string} label @param {() => void} pressed */
  function button(text, label, pressed) {
    const node = make("button", { type: "button" }, text);
    if (label) node.setAttribute("aria-label", label);
    node.addEventListener("click", pressed);
    return node;
  }

  /** Change what is shown, and tell whoever listens where the reader did it. @param {keyof Shown} name @param {any} value @param {boolean} [tell] */
  function set(name, value, tell = false) {
    const right = name === "step" ? within(value) : value;
    if (shown[name] === right) return;
    Object.assign(shown, { [name]: right });
    if (tell) changed(name, right);
    write();
  }

  /** @param {number} step */
  function go(step) {
    set("step", step, true);
    if (shown.step === last) stop();
  }

  function write() {
    const step = data.steps[shown.step];
    root.dataset.fourColour = String(shown.four_colour);
    drawing.replaceChildren(table(data, step, shown.amounts));
    now.replaceChildren(sentence(data, step, shown.amounts) + (step.all_in ? ", all-in" : ""), " ", cards(step.told));
    said.textContent = heard(data, step, shown.amounts);
    for (const [n, each] of lines.entries()) mark(each, n);
    for (const each of streets) each.setAttribute("aria-pressed", String(each.dataset.street === step.street));
    buttons.first.disabled = buttons.back.disabled = shown.step === 0;
    buttons.last.disabled = buttons.next.disabled = shown.step === last;
    buttons.unit.setAttribute("aria-pressed", String(shown.amounts === "bb"));
    buttons.unit.hidden = !hand.big_blind;
    buttons.colours.setAttribute("aria-pressed", String(shown.four_colour));
    theme.paint();
  }

  /** @param {{button: HTMLElement, words: HTMLElement}} each @param {number} n */
  function mark({ button: node, words }, n) {
    words.textContent = sentence(data, data.steps[n], shown.amounts);
    const current = n === shown.step;
    node.tabIndex = current ? 0 : -1;
    if (!current) return node.removeAttribute("aria-current");
    node.setAttribute("aria-current", "step");
    // Not scrollIntoView, which would move the page around as well.
    const above = node.offsetTop - list.scrollTop;
    if (above < 0 || above + node.offsetHeight > list.clientHeight) list.scrollTop = node.offsetTop - list.clientHeight / 2;
  }

  function toggle() {
    if (timer) return stop();
    if (shown.step === last) go(0);
    buttons.play.textContent = "Pause";
    wait();
  }

  function wait() {
    timer = window.setTimeout(() => {
      go(shown.step + 1);
      if (timer) wait();
    }, Number(speed.value));
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
    buttons.play.textContent = "Play";
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    // With a modifier a key is the notebook's: Shift+Enter runs the cell.
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.target === speed) return;
    const pressed = event.target instanceof HTMLButtonElement && !event.target.closest(".pkl-list");
    if (event.key === "ArrowRight" || event.key === "ArrowDown") go(shown.step + 1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") go(shown.step - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(last);
    else if (event.key === " " && !pressed) toggle();
    else return;
    if (list.contains(tree(list).activeElement)) lines[shown.step].button.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  const theme = follow(root, () => shown.theme);
  root.addEventListener("keydown", key);
  host.append(root);
  write();

  const end = () => {
    stop();
    theme.end();
    root.remove();
  };
  return { set, end };
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  /** @type {(keyof Shown)[]} */
  const names = ["step", "amounts", "four_colour", "theme"];
  /** @type {{set(name: keyof Shown, value: any): void, end(): void} | undefined} */
  let view;

  function open() {
    view?.end();
    const begin = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    view = mount(el, model.get("hand"), begin, (name, value) => {
      model.set(name, value);
      model.save_changes();
    });
  }

  /** @type {[string, () => void][]} */
  const wires = [["change:hand", open],
    ...names.map((name) => /** @type {[string, () => void]} */ ([`change:${name}`, () => view?.set(name, model.get(name))]))];
  for (const [name, callback] of wires) model.on(name, callback);
  open();
  return () => {
    for (const [name, callback] of wires) model.off(name, callback);
    view?.end();
  };
}

export default { render };
