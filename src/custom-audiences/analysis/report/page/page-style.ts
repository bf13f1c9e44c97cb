import { hash } from 'node:crypto';

/** Light, for the screen and for A4. Fonts are those of the reader's system: the page loads nothing. */
export const PAGE_STYLE = `
:root { color-scheme: light; --ink: #1d2530; --soft: #5b6675; --line: #dfe4ea; --fill: #f5f7f9; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 780px; padding: 32px 24px; color: var(--ink); background: #fff;
  font: 13px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header { border-bottom: 2px solid var(--ink); padding-bottom: 12px; }
h1 { font-size: 24px; line-height: 1.2; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 28px 0 8px; }
h3 { font-size: 13px; margin: 0; }
p { margin: 4px 0; }
.soft { color: var(--soft); }
.status { border: 1px solid; border-radius: 10px; padding: 0 8px; font-weight: 600; white-space: nowrap; }
.ready { color: #2f6b1f; } .populating { color: #1f5fa8; } .too-small { color: #96590a; } .error { color: #a32020; }
.figures { display: grid; grid-template-columns: repeat(5, 1fr); gap: 8px; margin: 16px 0; padding: 0; }
.figures div { background: var(--fill); border-radius: 6px; padding: 10px 12px; }
dt { color: var(--soft); font-size: 12px; } dd { margin: 0; font-size: 19px; font-weight: 600; }
dd small { display: block; font-size: 11px; font-weight: 400; color: var(--soft); min-height: 16px; }
.warning { border-left: 3px solid #d97706; background: #fdf6ec; padding: 6px 10px; margin: 6px 0; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 22px 20px; margin-top: 20px; }
figure { margin: 0; break-inside: avoid; } figure.wide { grid-column: 1 / -1; }
figure svg { display: block; width: 100%; height: auto; margin-top: 6px; }
figcaption { display: flex; gap: 8px; align-items: baseline; justify-content: space-between; flex-wrap: wrap; }
.nothing { color: var(--soft); background: var(--fill); border-radius: 6px; padding: 18px 12px; margin-top: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 12px; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; overflow-wrap: normal; } .number { text-align: right; padding-right: 14px; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
tr { break-inside: avoid; } thead { display: table-header-group; }
footer { margin-top: 28px; border-top: 1px solid var(--line); padding-top: 8px; color: var(--soft); font-size: 11px; }
@page { size: A4; margin: 14mm; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } h2 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@media screen and (max-width: 640px) { .figures, .plots { grid-template-columns: 1fr; } }
`;

/** What the page needs, and nothing else: its one style sheet, known by its digest. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', PAGE_STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
