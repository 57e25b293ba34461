/** The style of the HTML page, for light and dark screens and for paper. */
export const STYLE = `
:root { --text: #16191f; --quiet: #545b64; --page: #fff; --panel: #f2f3f3; --line: #d5dbdb; --bad: #b0210b; --mono: ui-monospace, Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e9ebed; --quiet: #a7b0b8; --page: #0f1b2a; --panel: #192534; --line: #414d5c; --bad: #ff8b73; }
}
@media print { :root { --text: #000; --quiet: #444; --page: #fff; --panel: #fff; --line: #999; --bad: #900; } }
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p { color: var(--quiet); margin: .4rem 0; }
.figures { display: flex; flex-wrap: wrap; gap: .8rem; padding: 0; list-style: none; }
.figures li { flex: 1; min-width: 9rem; padding: .7rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; color: var(--quiet); }
.figures b { display: block; font-size: 1.7rem; line-height: 1.2; color: var(--text); }
.figures .bad b { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 1.4rem; }
th, td { padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
td:last-child { font-family: var(--mono); font-size: .85em; }
.number { text-align: right; width: 6.5rem; font-variant-numeric: tabular-nums; }
`;
