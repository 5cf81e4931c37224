// @ts-check
/**
 * What all widgets share in a page: elements made of text, amounts, and the colours of a light page and a dark one.
 *
 * All text comes from files that others wrote into: it only ever becomes textContent.
 */

/**
 * @typedef {{get(name: string): any, set(name: string, value: any): void, save_changes(): void,
 *   send(content: any): void, on(name: string, callback: (...args: any[]) => void): void,
 *   off(name: string, callback: (...args: any[]) => void): void}} Model
 * @typedef {Record<string, string | number>} Attributes
 */

const SVG = "http://www.w3.org/2000/svg";
// Made once: toLocaleString with options makes its formatter anew each time.
const CENTS = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const CHIPS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Colours and controls of every widget; its root has the class `pkl` and the theme of `follow`. */
export const STYLE = `
.pkl { --pkl-line: var(--jp-border-color2, #d9d9d9); --pkl-soft: var(--jp-content-font-color2, #616161);
  --pkl-text: var(--jp-content-font-color1, #1f1f1f); --pkl-back: var(--jp-layout-color1, #fff);
  --pkl-over: var(--jp-layout-color2, #f2f2f2); --pkl-mark: #cfe3fb; --pkl-focus: var(--jp-brand-color1, #1976d2);
  --pkl-won: #1b7f3b; --pkl-lost: #b3261e; --pkl-warn: #8a5300; --pkl-felt: #d7e8dc; --pkl-rail: #8fb39b;
  color: var(--pkl-text); background: var(--pkl-back); border: 1px solid var(--pkl-line); border-radius: 4px;
  font-family: var(--jp-ui-font-family, system-ui, sans-serif); font-size: var(--jp-ui-font-size1, 13px); }
.pkl[data-theme="dark"] { --pkl-line: var(--jp-border-color2, #444); --pkl-soft: var(--jp-content-font-color2, #b0b0b0);
  --pkl-text: var(--jp-content-font-color1, #e6e6e6); --pkl-back: var(--jp-layout-color1, #1b1b1b);
  --pkl-over: var(--jp-layout-color2, #2a2a2a); --pkl-mark: #153a5e; --pkl-focus: var(--jp-brand-color1, #64b5f6);
  --pkl-won: #6fcf8a; --pkl-lost: #ff9a91; --pkl-warn: #ffb74d; --pkl-felt: #1d3527; --pkl-rail: #3d6a4e; }
.pkl[data-forced="light"] { --pkl-text: #1f1f1f; --pkl-soft: #616161; --pkl-back: #fff; --pkl-over: #f2f2f2;
  --pkl-line: #d9d9d9; --pkl-focus: #1976d2; }
.pkl[data-forced="dark"] { --pkl-text: #e6e6e6; --pkl-soft: #b0b0b0; --pkl-back: #1b1b1b; --pkl-over: #2a2a2a;
  --pkl-line: #444; --pkl-focus: #64b5f6; }
.pkl button, .pkl input, .pkl select { font: inherit; color: inherit; background: var(--pkl-over);
  border: 1px solid var(--pkl-line); border-radius: 3px; padding: 2px 8px; }
.pkl button { cursor: pointer; }
.pkl button[aria-pressed="true"] { background: var(--pkl-mark); }
.pkl button:disabled { cursor: default; color: var(--pkl-soft); }
.pkl :focus-visible { outline: 2px solid var(--pkl-focus); outline-offset: 1px; }
.pkl .pkl-bar { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; padding: 6px 8px; }
.pkl .pkl-soft { color: var(--pkl-soft); }
.pkl .pkl-won { color: var(--pkl-won); }
.pkl .pkl-lost { color: var(--pkl-lost); }
.pkl .pkl-warn { color: var(--pkl-warn); }
.pkl .pkl-unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

/**
 * Make an element; its children are elements or text, never markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * Make an element of a drawing.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** @template {Element} E @param {E} node @param {Attributes} attributes @param {(Node | string)[]} children @returns {E} */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** Write an amount of a minor unit as people read it. @param {number | null} amount @param {string} unit @param {boolean} [signed] */
export function money(amount, unit, signed = false) {
  if (amount === null || amount === undefined) return "";
  const text = unit === "chip" ? CHIPS.format(Math.abs(amount)) : CENTS.format(Math.abs(amount) / 100);
  const lead = amount < 0 ? "−" : signed && amount > 0 ? "+" : "";
  return `${lead}${text}${unit === "eur_cent" ? " €" : ""}`;
}

/**
 * The tree that a node stands in, which knows what has the focus there: in a host that gives each output a shadow tree,
 * such as marimo, the document does not.
 * @param {Node} node
 */
export function tree(node) {
  return /** @type {Document | ShadowRoot} */ (node.getRootNode());
}

/** What hosts write on their page, and what it is on a dark one: JupyterLab, VS Code, marimo. @type {[string, RegExp][]} */
const MARKS = [
  ["data-jp-theme-light", /^false$/],
  ["data-vscode-theme-kind", /^vscode-(dark|high-contrast)$/],
  ["data-theme", /^dark$/],
];

/** Tell whether the page around is dark, by the host's own mark or by the system's wish. @param {string} wish */
export function theme(wish) {
  if (wish === "light" || wish === "dark") return wish;
  for (const [mark, dark] of MARKS) {
    const told = document.body.getAttribute(mark);
    if (told) return dark.test(told) ? "dark" : "light";
  }
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/**
 * Keep a widget's root in the colours of the page around, or in those that are wished; gives what ends it.
 * @param {HTMLElement} root
 * @param {() => string} [wish] "auto", "light" or "dark"
 */
export function follow(root, wish = () => "auto") {
  const paint = () => {
    root.dataset.theme = theme(wish());
    if (wish() === "auto") delete root.dataset.forced;
    else root.dataset.forced = wish();
  };
  const watcher = new MutationObserver(paint);
  watcher.observe(document.body, { attributes: true, attributeFilter: MARKS.map(([mark]) => mark) });
  const system = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  system?.addEventListener("change", paint);
  paint();
  const end = () => {
    watcher.disconnect();
    system?.removeEventListener("change", paint);
  };
  return { paint, end };
}
