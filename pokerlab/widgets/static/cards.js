// @ts-check
/**
 * Cards, drawn in a line of text and in a drawing. A suit is told by its shape and by its colour: two colours, or
 * four where an element around has `data-four-colour="true"`, so that a page can change them without drawing anew.
 */

import { draw, make } from "./page.js";

/** Signs and names of the suits. @type {Record<string, [string, string]>} */
export const SUITS = { c: ["♣", "clubs"], d: ["♦", "diamonds"], h: ["♥", "hearts"], s: ["♠", "spades"] };

/** @type {Record<string, string>} */
const RANKS = { T: "10", J: "jack", Q: "queen", K: "king", A: "ace" };

export const WIDTH = 30;
export const HEIGHT = 40;

// `font-variant-emoji`: some systems draw a suit as a coloured picture, which no colour changes.
export const CARD_STYLE = `
.pkl-card { --pkl-ink: #1f1f1f; }
.pkl-card[data-suit="h"], .pkl-card[data-suit="d"] { --pkl-ink: #c62828; }
[data-four-colour="true"] .pkl-card[data-suit="d"] { --pkl-ink: #1557b0; }
[data-four-colour="true"] .pkl-card[data-suit="c"] { --pkl-ink: #1b6e33; }
span.pkl-card { display: inline-block; min-width: 1.9em; margin-right: 2px; padding: 0 2px; text-align: center;
  color: var(--pkl-ink); background: #fff; border: 1px solid #9e9e9e; border-radius: 3px; font-variant-emoji: text; }
g.pkl-card rect { fill: #fff; stroke: #8a8a8a; }
g.pkl-card text { fill: var(--pkl-ink); font-weight: 600; font-variant-emoji: text; text-anchor: middle; }
g.pkl-card.pkl-back rect { fill: #51719b; stroke: #e4e9f0; }
g.pkl-card.pkl-gone { opacity: 0.35; }
`;

/** Cut joined cards, such as `AsKd`; all else in the text is left out. @param {string | null | undefined} joined */
export function split(joined) {
  return (joined ?? "").match(/[2-9TJQKA][cdhs]/g) ?? [];
}

/** Write a card in words, for those who hear a page. @param {string} card */
export function spoken(card) {
  return `${RANKS[card[0]] ?? card[0]} of ${SUITS[card[1]][1]}`;
}

/** Draw joined cards in a line of text. @param {string | null | undefined} joined */
export function cards(joined) {
  return make("span", {}, ...split(joined).map((card) => {
    const sign = card[0] + SUITS[card[1]][0];
    return make("span", { class: "pkl-card", role: "img", "aria-label": spoken(card), "data-suit": card[1] }, sign);
  }));
}

/**
 * Draw a card in a drawing, its upper left corner at a place; `??` is the back of one.
 * @param {string} card
 * @param {number} x
 * @param {number} y
 * @param {string} [more] further classes
 */
export function drawn(card, x, y, more = "") {
  const known = SUITS[card[1]];
  const name = ["pkl-card", known ? "" : "pkl-back", more].filter(Boolean).join(" ");
  const rect = draw("rect", { width: WIDTH, height: HEIGHT, rx: 4 });
  const place = { class: name, transform: `translate(${x} ${y})`, "data-suit": known ? card[1] : "" };
  if (!known) return draw("g", place, rect);
  return draw("g", place, rect,
    draw("text", { x: WIDTH / 2, y: 18, "font-size": 17 }, card[0]),
    draw("text", { x: WIDTH / 2, y: 35, "font-size": 17 }, known[0]));
}
