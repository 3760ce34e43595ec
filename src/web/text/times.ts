/** Times and durations, as text and as elements (spec: pages, section 11). */
import { formatAge, formatDay } from '../../domain/age-text.ts';
import { html, type SafeHtml } from '../views/html.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2026-01-15 12:00:00 UTC` */
export function momentText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `just now`, `5 min`, `3 h` (to 48 h), `4 d` (to 60 d), then `8 Jan 2026`. */
export function ageText(epochMs: number, now: number): string {
  const age = now - epochMs;
  if (age < 0) return age > -MINUTE ? 'just now' : momentText(epochMs);
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return formatAge(age);
  if (age < 48 * HOUR) return `${Math.floor(age / HOUR)} h`;
  return age < 60 * DAY ? `${Math.floor(age / DAY)} d` : formatDay(epochMs);
}

/** `5 min ago`; without "ago" where it is a day or `just now`. */
export function agoText(epochMs: number, now: number): string {
  const text = ageText(epochMs, now);
  return /^\d+ (?:min|h|d)$/.test(text) ? `${text} ago` : text;
}

/** `850 ms`, `41 s`, `3 min 20 s`, `2 h`, `2 h 5 min`, `3 d 4 h` */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–';
  if (ms < 1_000) return ms < 0.5 ? '0 s' : `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return twoUnits(seconds, [60, 'min'], [1, 's']);
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return twoUnits(minutes, [60, 'h'], [1, 'min']);
  return twoUnits(Math.round(minutes / 60), [24, 'd'], [1, 'h']);
}

export interface TimeElementOptions {
  readonly now: number;
  /** How it is written; `ago` by default. Scripts keep ages current. */
  readonly as?: 'ago' | 'age' | 'moment' | 'day';
}

/** `<time datetime="…" title="2026-01-15 12:00:00 UTC">5 min ago</time>` */
export function timeElement(epochMs: number, { now, as = 'ago' }: TimeElementOptions): SafeHtml {
  const datetime = new Date(epochMs).toISOString();
  const title = momentText(epochMs);
  switch (as) {
    case 'ago':
      return html`<time datetime="${datetime}" title="${title}" data-age="ago">${agoText(epochMs, now)}</time>`;
    case 'age':
      return html`<time datetime="${datetime}" title="${title}" data-age="age">${ageText(epochMs, now)}</time>`;
    case 'moment':
      return html`<time datetime="${datetime}">${title}</time>`;
    case 'day':
      return html`<time datetime="${datetime}" title="${title}">${formatDay(epochMs)}</time>`;
  }
}

type Unit = readonly [size: number, name: string];

function twoUnits(value: number, [size, name]: Unit, [, small]: Unit): string {
  const rest = value % size;
  const whole = `${Math.floor(value / size)} ${name}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
