// @ts-check
/**
 * A range as a grid to paint. The page paints, counts and writes the text by itself; typed text is read by the kernel,
 * whose answer counts only while the page still has the text that it is about.
 */

import { STYLE, follow, make, tree } from "./page.js";
import { CLASSES, size, written } from "./range_text.js";

/**
 * @typedef {import("./page.js").Model} Model
 * @typedef {Record<string, Record<string, number>>} Mixed
 * @typedef {{range: string, weights: number[], mixed: Mixed}} Meaning
 */

const SIDE = 13;
const COMBOS = 1326;
const PAINT_MS = 150;

const GRID_STYLE = `
.pkl-range { max-width: 46em; }
.pkl-range .pkl-grid { display: grid; grid-template-columns: repeat(13, minmax(0, 1fr)); gap: 1px; padding: 8px;
  touch-action: none; user-select: none; -webkit-user-select: none; cursor: cell; }
.pkl-range .pkl-line { display: contents; }
.pkl-range .pkl-class { --pkl-fill: 0%; aspect-ratio: 1.25; display: flex; align-items: center; justify-content: center;
  overflow: hidden; font-size: 0.85em; color: #1f1f1f; border-radius: 2px; border: 1px solid #8a8a8a;
  background: linear-gradient(to top, #7fb6e6 var(--pkl-fill), #f1f1ee var(--pkl-fill)); }
.pkl-range .pkl-class[data-kind="pair"] { font-weight: 700; }
.pkl-range .pkl-class[data-mixed] { text-decoration: underline dotted 2px; text-underline-offset: 2px; }
.pkl-range[data-theme="dark"] .pkl-class { color: #ededed; border-color: #5c5c5c;
  background: linear-gradient(to top, #2c639c var(--pkl-fill), #2b2b2b var(--pkl-fill)); }
.pkl-range .pkl-class:focus-visible { outline-offset: -1px; outline-width: 3px; }
.pkl-range .pkl-text { flex: 1 1 16em; min-width: 0; }
.pkl-range .pkl-text[aria-invalid="true"] { border-color: var(--pkl-lost); }
.pkl-range .pkl-say { padding: 0 8px 6px; overflow-wrap: anywhere; }
.pkl-range .pkl-say:empty { display: none; }
.pkl-range .pkl-weight { width: 4.5em; }
`;

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  /** @type {number[]} */
  let weights = Array(CLASSES.length).fill(0);
  /** @type {Mixed} */
  let mixed = {};
  let typed = false; // the text in the input was not read yet
  let brush = 0; // what the stroke that is being made paints with
  let stroke = false;
  /** @type {string | null} What was painted and is not told to the kernel yet. */
  let unsaved = null;
  let timer = 0;

  const cells = CLASSES.map((name, place) => make("div", { class: "pkl-class", role: "gridcell", tabindex: place ? "-1" : "0",
    "data-place": place, "data-kind": name.length === 2 ? "pair" : name[2] === "s" ? "suited" : "offsuit" }, name));
  const lines = Array.from({ length: SIDE }, (_, row) =>
    make("div", { class: "pkl-line", role: "row" }, ...cells.slice(row * SIDE, (row + 1) * SIDE)));
  const grid = make("div", { class: "pkl-grid", role: "grid", "aria-label": "Starting hands", "aria-multiselectable": "true",
    "data-lm-suppress-shortcuts": "true" }, ...lines);
  const weight = make("input", { class: "pkl-weight", type: "number", min: "1", max: "100", step: "any", "aria-label": "Weight in per cent" });
  const erase = make("button", { type: "button", "aria-pressed": "false" }, "Erase");
  const none = make("button", { type: "button" }, "Clear");
  const count = make("span", { class: "pkl-count pkl-soft", role: "status" });
  const text = make("input", { class: "pkl-text", type: "text", "aria-label": "Range", spellcheck: "false", autocomplete: "off",
    placeholder: "QQ+, AKs, A5s-A2s@0.5, 15%" });
  const said = make("div", { class: "pkl-say pkl-warn", role: "status", "aria-live": "polite" });
  const kept = make("div", { class: "pkl-say pkl-soft" });
  const root = make("div", { class: "pkl pkl-range" }, make("style", {}, STYLE + GRID_STYLE),
    make("div", { class: "pkl-bar" }, make("label", {}, "Weight ", weight, " %"), erase, none, count),
    grid, make("div", { class: "pkl-bar" }, text), said, kept);

  /** Paint a class; single suits that it had are gone with it. @param {number} place @param {number} value */
  function paint(place, value) {
    if (weights[place] === value && !(CLASSES[place] in mixed)) return;
    weights[place] = value;
    delete mixed[CLASSES[place]];
    show(place);
    changed();
  }

  /** Write the range anew, and tell the kernel, at most a few times a second while a stroke goes on. */
  function changed() {
    typed = false;
    text.value = unsaved = written(weights, mixed);
    complain("");
    sum();
    clearTimeout(timer);
    timer = window.setTimeout(save, PAINT_MS);
  }

  function save() {
    clearTimeout(timer);
    if (unsaved !== null && unsaved !== model.get("range")) {
      model.set("range", unsaved);
      model.save_changes();
    }
    unsaved = null;
  }

  /** @param {number} place */
  function show(place) {
    const [cell, name, value] = [cells[place], CLASSES[place], weights[place]];
    const single = Object.entries(mixed[name] ?? {}).map(([cards, own]) => (own === 1 ? cards : `${cards} ${percent(own)}`));
    cell.style.setProperty("--pkl-fill", `${100 * value}%`);
    cell.setAttribute("aria-selected", String(value > 0));
    cell.setAttribute("aria-label", [name, value ? percent(value) : "not in the range", ...single].join(", "));
    cell.title = [`${name}: ${percent(value)}`, ...single].join(" ");
    if (single.length) cell.dataset.mixed = "";
    else delete cell.dataset.mixed;
  }

  function sum() {
    const combos = weights.reduce((all, value, place) => all + value * size(CLASSES[place]), 0);
    count.textContent = `${Number(combos.toFixed(2))} combinations, ${percent(combos / COMBOS)} of all`;
    const names = Object.keys(mixed);
    kept.textContent = !names.length ? ""
      : `Of ${names.slice(0, 8).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""} the range has single suits, `
        + "which a square cannot show: they are kept until the square is painted over.";
  }

  /** Take what the kernel says that the text means, unless the page has another text by now. */
  function learn() {
    const meaning = /** @type {Meaning} */ (model.get("shown") ?? {});
    if (unsaved !== null || !meaning.weights || meaning.range !== model.get("range")) return;
    weights = [...meaning.weights];
    mixed = structuredClone(meaning.mixed);
    typed = false;
    if (tree(text).activeElement !== text || text.value.trim() === meaning.range.trim()) text.value = meaning.range;
    complain("");
    CLASSES.forEach((_, place) => show(place));
    sum();
  }

  function refused() {
    const fault = model.get("fault") ?? {};
    if (fault.message && fault.text === text.value) complain(fault.message);
  }

  /** @param {string} message */
  function complain(message, wrong = Boolean(message)) {
    said.textContent = message;
    text.setAttribute("aria-invalid", String(wrong));
  }

  function read() {
    if (!typed) return;
    save();
    if (text.value === model.get("range")) return learn();
    complain("The kernel reads this as soon as it is free.", false);
    model.send({ kind: "read", text: text.value });
  }

  /** The weight that is painted with: nothing where it is erased. */
  function chosen() {
    if (erase.getAttribute("aria-pressed") === "true") return 0;
    const value = Number(weight.value) / 100;
    return value > 0 && value <= 1 ? value : 1;
  }

  /** A stroke that begins on a square that has the weight already takes it away. @param {number} place */
  function strokeOf(place) {
    return weights[place] === chosen() && !(CLASSES[place] in mixed) ? 0 : chosen();
  }

  /** @param {Element | null} at */
  function placeOf(at) {
    const cell = /** @type {HTMLElement | null} */ (at?.closest(".pkl-class") ?? null);
    return cell && grid.contains(cell) ? Number(cell.dataset.place) : -1;
  }

  /** @param {number} place */
  function reach(place) {
    grid.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    cells[place].tabIndex = 0;
  }

  /** @param {PointerEvent} event */
  function press(event) {
    const place = placeOf(/** @type {Element} */ (event.target));
    if (place < 0 || event.button !== 0) return;
    event.preventDefault();
    grid.setPointerCapture?.(event.pointerId);
    stroke = true;
    brush = strokeOf(place);
    reach(place);
    cells[place].focus({ preventScroll: true });
    paint(place, brush);
  }

  /** A finger's events stay with the square where it went down, so the place tells where it is. @param {PointerEvent} event */
  function move(event) {
    if (!stroke) return;
    const place = placeOf(tree(root).elementFromPoint(event.clientX, event.clientY));
    if (place >= 0) paint(place, brush);
  }

  function lift() {
    if (!stroke) return;
    stroke = false;
    save();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const place = placeOf(/** @type {Element} */ (event.target));
    if (place < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const [row, column] = [Math.floor(place / SIDE), place % SIDE];
    /** @type {Record<string, [number, number]>} */
    const steps = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1], Home: [row, 0], End: [row, SIDE - 1] };
    if (event.key in steps) walk(place, steps[event.key], event.shiftKey);
    else if (event.key === " " || (event.key === "Enter" && !event.shiftKey)) paint(place, strokeOf(place));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Go to a square; with Shift it takes the weight of the one before. @param {number} from @param {[number, number]} to @param {boolean} drag */
  function walk(from, [row, column], drag) {
    if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) return;
    const place = row * SIDE + column;
    reach(place);
    cells[place].focus();
    if (drag) paint(place, weights[from]);
  }

  const brushed = () => {
    const given = 100 * (model.get("brush") ?? 1);
    if (tree(weight).activeElement !== weight) weight.value = String(Number(given.toFixed(4)));
  };
  const theme = follow(root, () => model.get("theme") ?? "auto");
  /** @type {[string, () => void][]} */
  const wires = [["change:shown", learn], ["change:range", learn], ["change:fault", refused], ["change:brush", brushed],
    ["change:theme", theme.paint]];
  for (const [name, callback] of wires) model.on(name, callback);
  grid.addEventListener("pointerdown", press);
  grid.addEventListener("pointermove", move);
  grid.addEventListener("pointerup", lift);
  grid.addEventListener("pointercancel", lift);
  grid.addEventListener("keydown", key);
  erase.addEventListener("click", () => erase.setAttribute("aria-pressed", String(erase.getAttribute("aria-pressed") !== "true")));
  none.addEventListener("click", () => {
    CLASSES.forEach((_, place) => paint(place, 0));
    save();
  });
  weight.addEventListener("change", () => {
    model.set("brush", chosen() || 1);
    model.save_changes();
  });
  text.addEventListener("input", () => { typed = true; });
  text.addEventListener("change", read);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    read();
    event.stopPropagation();
  });

  brushed();
  CLASSES.forEach((_, place) => show(place));
  learn();
  sum();
  el.append(root);
  return () => {
    save();
    for (const [name, callback] of wires) model.off(name, callback);
    theme.end();
    root.remove();
  };
}

/** @param {number} share */
function percent(share) {
  return `${Number((100 * share).toFixed(1))}%`;
}

export default { render };
