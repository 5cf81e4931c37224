// @ts-check
/** What a row says of a hand, and by what rows are sorted. */

import { cards } from "./cards.js";
import { make, money } from "./page.js";

/**
 * @typedef {import("./live_feed.js").Hand} Hand
 * @typedef {{name: string, key?: (hand: Hand) => number | string | null, rises?: boolean, right?: boolean}} Column
 */

/** @type {Record<string, string>} */
const GAMES = {
  holdem: "Hold'em", omaha4: "Omaha", omaha5: "Omaha 5", omaha4_hilo: "Omaha Hi/Lo", omaha5_hilo: "Omaha 5 Hi/Lo",
  stud: "Stud", stud_hilo: "Stud Hi/Lo", razz: "Razz", deuce_to_seven: "2-7",
};
/** @type {Record<string, string>} */
const LIMITS = { no_limit: "NL", pot_limit: "PL", fixed_limit: "FL" };
const POSITIONS = ["UTG", "UTG+1", "UTG+2", "UTG+3", "LJ", "HJ", "CO", "BTN", "SB", "BB"];
// Made once: toLocaleString with options makes its formatter anew each time, which was most of a row's cost.
const CLOCK = new Intl.DateTimeFormat([], { hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "medium" });
const SIZE = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** The columns; one with a key can be sorted by it, and without one by the order in which hands came. @type {Column[]} */
export const COLUMNS = [
  { name: "Time", key: () => 0 },
  { name: "Game", key: game, rises: true },
  { name: "Stakes", key: (hand) => hand.big_blind },
  { name: "Position", key: (hand) => place(hand.hero?.position), rises: true },
  { name: "Cards" },
  { name: "Board" },
  { name: "Pot", key: (hand) => blinds(hand, hand.pot), right: true },
  { name: "Net", key: (hand) => blinds(hand, hand.hero?.net), right: true },
  { name: "EV", key: (hand) => blinds(hand, hand.hero?.ev_net), right: true },
];

/** Count an amount in big blinds; null where there are none. @param {Hand} hand @param {number | null | undefined} amount */
export function blinds(hand, amount) {
  return hand.big_blind && amount !== null && amount !== undefined ? amount / hand.big_blind : null;
}

/** Write an amount with a sign: in big blinds, or of a unit. @param {number} amount @param {string} measure */
export function signed(amount, measure) {
  if (measure !== "bb") return money(amount, measure, true);
  const size = Math.round(amount * 10) / 10;
  return `${size < 0 ? "−" : size > 0 ? "+" : ""}${SIZE.format(Math.abs(size))} bb`;
}

/** @param {number | null | undefined} amount */
export function tone(amount) {
  return !amount ? "pkl-soft" : amount > 0 ? "pkl-won" : "pkl-lost";
}

/** Make the row of a hand. @param {Hand} hand @param {boolean} players whether the other players are named */
export function row(hand, players) {
  const { hero } = hand;
  const others = players ? hand.seats.filter((seat) => seat.dealt && !seat.is_hero).map((seat) => seat.player) : [];
  const where = [hand.tournament_name ?? hand.pool ?? hand.table, ...others].join(" · ");
  const played = new Date(hand.played_at);
  const known = !Number.isNaN(played.getTime());
  return make("tr", { tabindex: -1, "aria-selected": "false", "data-hand": hand.hand_id },
    make("td", { title: known ? DAY.format(played) : "" }, known ? CLOCK.format(played) : ""),
    make("td", { title: where }, game(hand), " ", make("span", { class: "pkl-soft" }, where)),
    make("td", {}, stakes(hand)),
    make("td", {}, hero?.position ?? ""),
    make("td", {}, cards(hero?.hole)),
    make("td", {}, cards(hand.board)),
    amount(hand, hand.pot, false), amount(hand, hero?.net, true), amount(hand, hero?.ev_net, true));
}

/** A cell in big blinds, with the money as its tooltip. @param {Hand} hand @param {number | null | undefined} value @param {boolean} sign */
function amount(hand, value, sign) {
  if (value === null || value === undefined) return make("td");
  const size = blinds(hand, value);
  const text = size === null ? signed(value, hand.unit) : signed(size, "bb");
  return make("td", { title: money(value, hand.unit, sign), class: sign ? tone(value) : "" }, sign ? text : text.replace("+", ""));
}

/** @param {Hand} hand */
function game(hand) {
  return `${LIMITS[hand.limit] ?? hand.limit} ${GAMES[hand.game] ?? hand.game}`;
}

/** @param {Hand} hand */
function stakes(hand) {
  const plain = (/** @type {number} */ amount) => money(amount, hand.unit).replace(" €", "");
  const both = [hand.small_blind, hand.big_blind].filter((blind) => blind !== null).map(plain).join("/");
  const text = [both, hand.ante ? `ante ${plain(hand.ante)}` : ""].filter(Boolean).join(" ");
  return text && hand.unit === "eur_cent" ? `${text} €` : text;
}

/** Places in the order of acting before the flop. @param {string | null | undefined} position */
function place(position) {
  const found = POSITIONS.indexOf(position ?? "");
  return found < 0 ? null : found;
}
