// @ts-check
/** A step of a hand, drawn: seats around an oval, stacks, bets, pots, board. `_replay_svg.py` draws the same for exports. */

import { WIDTH as CARD, drawn, spoken, split } from "./cards.js";
import { draw, money } from "./page.js";

/**
 * @typedef {{hand_id: string, format: string, game: string, limit: string, unit: string, small_blind: number | null,
 *   big_blind: number | null, ante: number | null, max_seats: number | null, pot: number, rake: number,
 *   played_at: string, place: string, button_seat: number | null}} Facts
 * @typedef {{seat: number, player: string, dealt: boolean, position: string | null, is_hero: boolean, stack: number,
 *   net: number, x: number, y: number, bet_x: number, bet_y: number}} Seat
 * @typedef {{street: string, who: number | null, action: string, words: string, amount: number | null, told: string,
 *   all_in: boolean, stacks: number[], bets: number[], pots: number[], board: string, cards: string[],
 *   live: boolean[], equity: (number | null)[]}} Step
 * @typedef {{hand: Facts, seats: Seat[], steps: Step[]}} Hand
 */

const WIDTH = 720;
const HEIGHT = 484;
const CENTRE = { x: 360, y: 247 };
const FELT = { rx: 258, ry: 142 };
const SEAT = { width: 128, height: 44 };
const STUD = new Set(["stud", "stud_hilo", "razz"]);
const MOST_LETTERS = 14;
const BIG_BLINDS = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

export const TABLE_STYLE = `
.pkl-table { display: block; width: 100%; max-height: 34em; }
.pkl-table text { text-anchor: middle; fill: var(--pkl-text); font-size: 15px; }
.pkl-table .pkl-felt { fill: var(--pkl-felt); stroke: var(--pkl-rail); stroke-width: 8; }
.pkl-table .pkl-seat { fill: var(--pkl-back); stroke: var(--pkl-line); }
.pkl-table .pkl-acts .pkl-seat { stroke: var(--pkl-focus); stroke-width: 3; }
.pkl-table .pkl-name { font-size: 14px; font-weight: 600; }
.pkl-table .pkl-stack { font-size: 13px; fill: var(--pkl-soft); }
.pkl-table .pkl-equity { font-size: 13px; font-weight: 600; }
.pkl-table .pkl-bet { fill: var(--pkl-warn); }
.pkl-table .pkl-share { fill: var(--pkl-back); stroke: var(--pkl-line); }
.pkl-table .pkl-out .pkl-hole { opacity: 0.4; }
.pkl-table .pkl-out .pkl-name { fill: var(--pkl-soft); font-weight: 400; }
.pkl-table .pkl-dealer circle { fill: #fff; stroke: var(--pkl-rail); stroke-width: 2; }
.pkl-table .pkl-dealer text { fill: #1f1f1f; font-size: 12px; font-weight: 700; }
`;

/** Write an amount as money or in big blinds. @param {number} value @param {Facts} hand @param {string} amounts */
export function amount(value, hand, amounts) {
  const blind = hand.big_blind;
  if (amounts !== "bb" || !blind) return money(value, hand.unit);
  return `${BIG_BLINDS.format(Math.floor((200 * value + blind) / (2 * blind)) / 100)} bb`;
}

/** Tell a step as a sentence, without its cards. @param {Hand} data @param {Step} step @param {string} amounts */
export function sentence(data, step, amounts) {
  const parts = [step.words];
  if (step.who !== null) parts.unshift(data.seats[step.who].player);
  if (step.amount !== null) parts.push(amount(step.amount, data.hand, amounts));
  return parts.join(" ");
}

/** Tell a step and what is seen after it, for those who hear the page. @param {Hand} data @param {Step} step @param {string} amounts */
export function heard(data, step, amounts) {
  const parts = [sentence(data, step, amounts) + (step.all_in ? ", all-in" : "")];
  if (step.told) parts.push(split(step.told).map(spoken).join(", "));
  const pots = pot(data, step, amounts);
  if (pots) parts.push(pots);
  step.equity.forEach((share, place) => {
    if (share !== null && step.action === "street") parts.push(`${data.seats[place].player} ${percent(share)}`);
  });
  return parts.join(". ");
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

/** Name the pots: one, or the main pot and side pots. @param {Hand} data @param {Step} step @param {string} amounts */
export function pot(data, step, amounts) {
  const written = step.pots.map((value) => amount(value, data.hand, amounts));
  if (written.length < 2) return written.length ? `Pot ${written[0]}` : "";
  const sides = written.slice(1).map((value, n) => (written.length > 2 ? `side pot ${n + 1} ${value}` : `side pot ${value}`));
  return [`Main pot ${written[0]}`, ...sides].join(" · ");
}

/** Draw the table after a step. @param {Hand} data @param {Step} step @param {string} amounts */
export function table(data, step, amounts) {
  const { x, y } = CENTRE;
  const board = draw("g", { class: "pkl-board", transform: `translate(${x} ${y - 35}) scale(1.3)` }, ...row(step.board, CARD + 4));
  return draw("svg", { class: "pkl-table", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": heard(data, step, amounts) },
    draw("ellipse", { class: "pkl-felt", cx: x, cy: y, ...FELT }), board,
    ...(step.pots.length ? [draw("text", { class: "pkl-pot", x, y: y + 45 }, pot(data, step, amounts))] : []),
    ...data.seats.map((_, place) => seat(data, step, place, amounts)),
    ...data.seats.flatMap((_, place) => bet(data, step, place, amounts)));
}

/** Draw cards beside each other around x = 0; of stud the upcards stand out. @param {string} joined @param {number} step @param {boolean} [stud] */
function row(joined, step, stud = false) {
  const pairs = joined.match(/../g) ?? [];
  const left = -(CARD + step * (pairs.length - 1)) / 2;
  return pairs.map((pair, n) => drawn(pair, left + step * n, stud && n >= 2 && n <= 5 ? -9 : 0));
}

/** @param {Hand} data @param {Step} step @param {number} place @param {string} amounts */
function seat(data, step, place, amounts) {
  const { player, dealt, position, x, y, seat: number } = data.seats[place];
  const { width, height } = SEAT;
  const cards = step.cards[place];
  const apart = Math.min(CARD + 2, (width - 6 - CARD) / Math.max(cards.length / 2 - 1, 1));
  const all = step.live[place] && !step.stacks[place];
  const stack = [all ? "all-in" : amount(step.stacks[place], data.hand, amounts), position].filter(Boolean).join(" · ");
  const name = player.length <= MOST_LETTERS ? player : `${player.slice(0, MOST_LETTERS - 1)}…`;
  const state = [step.who === place ? "pkl-acts" : "", step.live[place] ? "" : "pkl-out"].filter(Boolean).join(" ");
  const group = draw("g", { class: state, transform: `translate(${x} ${y})` }, draw("title", {}, player),
    draw("g", { class: "pkl-hole", transform: `translate(0 ${-height / 2 - 42})` }, ...row(cards, apart, STUD.has(data.hand.game))),
    draw("rect", { class: "pkl-seat", x: -width / 2, y: -height / 2, width, height, rx: 8 }),
    draw("text", { class: "pkl-name", y: -4 }, name),
    draw("text", { class: "pkl-stack", y: 14 }, dealt ? stack : "sits out"));
  if (data.hand.button_seat === number) group.append(dealer(-width / 2, height / 2));
  const share = step.equity[place];
  if (share !== null) {
    group.append(draw("rect", { class: "pkl-share", x: -29, y: height / 2 + 2, width: 58, height: 18, rx: 9 }),
      draw("text", { class: "pkl-equity", y: height / 2 + 16 }, percent(share)));
  }
  return group;
}

/** @param {number} x @param {number} y */
function dealer(x, y) {
  return draw("g", { class: "pkl-dealer" }, draw("circle", { cx: x, cy: y, r: 10 }), draw("text", { x, y: y + 4 }, "D"));
}

/** @param {Hand} data @param {Step} step @param {number} place @param {string} amounts */
function bet(data, step, place, amounts) {
  const { bet_x: x, bet_y: y } = data.seats[place];
  const value = step.bets[place];
  return value ? [draw("text", { class: "pkl-bet", x, y: y + 5 }, amount(value, data.hand, amounts))] : [];
}
