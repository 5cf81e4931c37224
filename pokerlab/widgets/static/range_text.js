// @ts-check
/** The text of a painted range: the shortest that `pokerlab.Range` reads as the same weights, as it writes it itself. */

export const RANKS = "AKQJT98765432";

/** The 169 classes from AA on, row by row: suited above the diagonal, offsuit below. */
export const CLASSES = [...RANKS].flatMap((one, row) => [...RANKS].map((two, column) =>
  row === column ? one + two : row < column ? `${one}${two}s` : `${two}${one}o`));

const PLACES = new Map(CLASSES.map((name, place) => [name, place]));

/** How many combinations of cards a class has. @param {string} name */
export function size(name) {
  return name.length === 2 ? 6 : name[2] === "s" ? 4 : 12;
}

/** Lines of neighbours, from the highest down: pairs, then for each high card its suited and offsuit kickers. */
const LINES = [
  [...RANKS].map((rank) => rank + rank),
  ...["s", "o"].flatMap((kind) => [...RANKS].slice(0, -1).map((high, n) => [...RANKS].slice(n + 1).map((low) => high + low + kind))),
];

/**
 * Write weights as a text.
 * @param {number[]} weights 169, of the classes
 * @param {Record<string, Record<string, number>>} mixed weights of single combinations, of the classes that have several
 */
export function written(weights, mixed) {
  const none = !Object.keys(mixed).length;
  if (none && weights.every((weight) => weight === 1)) return "random";
  /** @param {string} name */
  const weightOf = (name) => (name in mixed ? 0 : weights[/** @type {number} */ (PLACES.get(name))]);
  const tokens = LINES.flatMap((line) => runs(line, weightOf));
  for (const name of CLASSES) {
    for (const [cards, weight] of Object.entries(mixed[name] ?? {})) tokens.push(token(cards, weight));
  }
  return tokens.join(",");
}

/** Shorten neighbours of equal weight to plus and dash forms. @param {string[]} line @param {(name: string) => number} weightOf */
function runs(line, weightOf) {
  const tokens = [];
  for (let start = 0, end = 0; start < line.length; start = end) {
    const weight = weightOf(line[start]);
    while (end < line.length && weightOf(line[end]) === weight) end += 1;
    const [first, last] = [line[start], line[end - 1]];
    if (weight) tokens.push(token(first === last ? first : start === 0 ? `${last}+` : `${first}-${last}`, weight));
  }
  return tokens;
}

/** @param {string} hands @param {number} weight */
function token(hands, weight) {
  return weight === 1 ? hands : `${hands}@${decimal(weight)}`;
}

/** Write a number without an exponent, which no range has. @param {number} weight */
function decimal(weight) {
  const text = String(weight);
  if (!text.includes("e")) return text;
  const [digits, exponent] = text.split("e-");
  return `0.${"0".repeat(Number(exponent) - 1)}${digits.replace(".", "")}`;
}
