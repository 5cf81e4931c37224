// @ts-check
/** How LiveHands looks; colours are those of page.js. */

export const LIVE_STYLE = `
.pkl-live .pkl-bar { border-bottom: 1px solid var(--pkl-line); }
.pkl-live .pkl-status { flex: 1 1 12em; color: var(--pkl-soft); }
.pkl-live .pkl-status[data-level="warn"] { flex-basis: 100%; color: var(--pkl-warn); }
.pkl-live [hidden] { display: none; }
.pkl-live .pkl-scroll { max-height: 26em; overflow: auto; }
.pkl-live .pkl-few-rows { max-height: 16em; }
.pkl-live table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.pkl-live thead th { position: sticky; top: 0; background: var(--pkl-back); color: var(--pkl-soft); font-weight: 600; }
.pkl-live th, .pkl-live td { padding: 3px 6px; text-align: left; white-space: nowrap;
  border-bottom: 1px solid var(--pkl-line); }
.pkl-live [role="grid"] .pkl-card { min-width: 1.7em; padding: 0 1px; }
.pkl-live [role="grid"] th:nth-child(2) { width: 100%; min-width: 6.5em; }
.pkl-live [role="grid"] td:nth-child(2) { max-width: 0; overflow: hidden; text-overflow: ellipsis; }
.pkl-live .pkl-few-rows td, .pkl-live .pkl-few-rows thead th + th { text-align: right; }
.pkl-live .pkl-right, .pkl-live [role="grid"] td:nth-child(n + 7) { text-align: right; }
.pkl-live th button { padding: 0; border: 0; background: none; font-weight: inherit; }
.pkl-live th[aria-sort="descending"] button::after { content: " ▾" / ""; }
.pkl-live th[aria-sort="ascending"] button::after { content: " ▴" / ""; }
.pkl-live [role="grid"] tbody tr { cursor: pointer; }
.pkl-live [role="grid"] tbody tr:hover { background: var(--pkl-over); }
.pkl-live [role="grid"] tbody tr[aria-selected="true"] { background: var(--pkl-mark); }
.pkl-live tbody tr:focus-visible { outline-offset: -2px; }
.pkl-live tr[aria-selected="true"] .pkl-soft { color: inherit; }
.pkl-live tbody th { font-weight: 400; max-width: 18em; overflow: hidden; text-overflow: ellipsis; }
.pkl-live .pkl-empty { padding: 16px; text-align: center; color: var(--pkl-soft); }
.pkl-live .pkl-part { border-bottom: 1px solid var(--pkl-line); }
.pkl-live .pkl-chart { margin: 0; padding: 6px 8px; }
.pkl-live .pkl-chart figcaption { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; min-height: 1.8em; }
.pkl-live .pkl-chart select { margin-left: auto; }
.pkl-live .pkl-chart svg { display: block; width: 100%; height: 120px; }
.pkl-live .pkl-chart svg[hidden] { display: none; }
.pkl-live .pkl-chart polyline { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.pkl-live { --pkl-net: #1565c0; --pkl-ev: #b85c00; }
.pkl-live[data-theme="dark"] { --pkl-net: #74b3f5; --pkl-ev: #ffb060; }
.pkl-live .pkl-net { stroke: var(--pkl-net); }
.pkl-live .pkl-ev { stroke: var(--pkl-ev); stroke-dasharray: 6 4; }
.pkl-live .pkl-zero { stroke: var(--pkl-line); vector-effect: non-scaling-stroke; }
.pkl-live .pkl-key-net, .pkl-live .pkl-key-ev { border-bottom: 2px solid var(--pkl-net); }
.pkl-live .pkl-key-ev { border-bottom: 2px dashed var(--pkl-ev); }
.pkl-live .pkl-replay-part { border-top: 1px solid var(--pkl-line); }
.pkl-live .pkl-replay-part > .pkl-bar { justify-content: space-between; }
.pkl-live .pkl-replay { border: 0; }
`;
