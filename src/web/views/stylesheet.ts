/** The style of our own pages. */
export const STYLESHEET = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 1200px; padding: 0 24px; }
header { display: flex; gap: 24px; padding: 12px 0; border-bottom: 1px solid #8886; }
header a { font-weight: 600; }
nav { display: flex; gap: 16px; }
h1 { font-size: 22px; margin: 24px 0 12px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid #8883; overflow-wrap: anywhere; }
th, .number, .time { white-space: nowrap; overflow-wrap: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.notice { border-left: 3px solid #c80; padding-left: 12px; }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
`;
