/** The state of a file as icon and word. */
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import type { FileCondition } from './source.ts';

const ICONS: Readonly<Record<FileCondition['state'], string>> = {
  running: '▶',
  queued: '▷',
  failed: '◆',
  refused: '◆',
  stale: '◷',
  never: '⊝',
  gone: '◌',
  rebuilding: '↻',
  fresh: '✓',
  'not due': '–',
  missing: '○',
};

export function stateMark(condition: FileCondition | undefined, now: number): SafeHtml {
  if (condition === undefined) return html`<span class="muted">not known</span>`;
  const { state, since, detail } = condition;
  const when = since === undefined || state === 'fresh' ? html`` : html`, since ${timeElement(since, { now })}`;
  const why = detail === undefined || detail === '' ? html`` : html`<br /><small>${detail}</small>`;
  return html`<span class="state state-${state.replace(' ', '-')}"
      ><span aria-hidden="true">${ICONS[state]}</span> ${state}</span
    >${when}${why}`;
}
