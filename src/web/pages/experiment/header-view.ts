/** The line below the headline, and the notes: what somebody must know before reading results. */
import type { Experiment } from '../../../domain/experiment.ts';
import { countElement, countOf } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { leftOutOf, newestWindow, windowText } from './newest-window.ts';
import type { Note } from './notes.ts';
import type { FileLine } from './source.ts';
import { kindsOf, stageText } from './status.ts';

const APPLICATIONS: Readonly<Record<string, string>> = {
  firefox_desktop: 'Firefox desktop',
  fenix: 'Firefox for Android',
  firefox_ios: 'Firefox for iOS',
  focus_android: 'Focus for Android',
  focus_ios: 'Focus for iOS',
  klar_android: 'Klar for Android',
  klar_ios: 'Klar for iOS',
};

/** A name that people know, or the one of the API. */
export function applicationName(appName: string): string {
  return APPLICATIONS[appName] ?? appName;
}

/** `Firefox desktop · live since 27 Oct 2025 · 3 branches · week 11 published 3 h ago, 882 rows, 0 left out` */
export function headerLine(experiment: Experiment, files: readonly FileLine[] | undefined, now: number): SafeHtml {
  const branches = experiment.console?.branches?.length;
  const facts = [
    html`${applicationName(experiment.appName)}`,
    ...kindsOf(experiment, now).map((kind) => html`${kind}`),
    html`${stageText(experiment, now)}`,
    ...(branches === undefined ? [] : [html`${countOf(branches, 'branch', 'branches')}`]),
    ...(files === undefined ? [] : [newestText(files, now)]),
  ];
  return html`${facts.map((fact, index) => (index === 0 ? fact : html` · ${fact}`))}`;
}

export function newestText(files: readonly FileLine[], now: number): SafeHtml {
  const newest = newestWindow(files);
  if (newest === undefined) return html`no results published`;
  const { at, rows } = newest.published;
  const count = rows === undefined ? html`` : html`, ${countElement(rows)} ${rows === 1 ? 'row' : 'rows'}`;
  return html`${windowText(newest)} published ${timeElement(at, { now })}${count},
  ${countElement(leftOutOf(newest.published))} left out`;
}

export function notesList(notes: readonly Note[]): SafeHtml {
  if (notes.length === 0) return html``;
  return html`<ul class="notes">
    ${notes.map(
      ({ kind, sentence, section }) =>
        html`<li data-note="${kind}">
          ${sentence}${section === undefined ? html`` : html` <a href="#${section}">More</a>`}
        </li>`,
    )}
  </ul>`;
}
