/** `/alerts`: what is open, why, and who silenced it until when. */
import type { AlertRow } from '../../../alerts/row.ts';
import { emptyBlock, partialBlock } from '../../frame/blocks.ts';
import type { Page } from '../../frame/page.ts';
import { countOf } from '../../text/numbers.ts';
import { agoText, timeElement } from '../../text/times.ts';
import { html, link, type SafeHtml } from '../../views/html.ts';
import { ALERT_STATES, type AlertEntry, type AlertFilter, type AlertsModel, ruleIds } from './model.ts';
import { PRODUCT_WORDS, severityElement, STATE_WORDS } from './severity.ts';
import type { AlertsReading } from './source.ts';
import { headedTable } from '../../frame/table.ts';

export interface AlertsView {
  readonly model: AlertsModel;
  readonly reading: AlertsReading;
  readonly filter: AlertFilter;
  /** The names of the range and its choices. */
  readonly range: { readonly value: string; readonly choices: readonly string[]; readonly text: string };
}

/** Checks run every five minutes; three have been missed. */
const LATE_CHECK_MS = 15 * 60_000;

export function alertsPage(view: AlertsView): Page {
  const { model, reading, range } = view;
  return {
    section: '/alerts',
    headline: headlineOf(model, reading),
    title: 'Alerts',
    sub: subOf(view),
    bar: barOf(view),
    body: html`${partialBlock(sourcesOf(reading), reading.now)} ${lateCheck(reading)}
    ${section({ title: 'Open', entries: model.open, empty: 'Nothing is open.' }, reading)}
    ${model.noData.length === 0 ? undefined : section({ title: 'No data', entries: model.noData, empty: '', note: NO_DATA }, reading)}
    ${silencedSection(model.silenced, reading)}
    ${section({ title: `Resolved, ${range.text}`, entries: model.resolved, empty: 'No alert was resolved in this time.' }, reading)}`,
  };
}

/** The link to the page of one alert. */
export function alertLink(id: string): string {
  return `/alerts/${encodeURIComponent(id)}`;
}

const NO_DATA = 'These alerts were open, and their rules cannot be evaluated now. They are not resolved.';

function headlineOf({ open, noData, silenced, resolved }: AlertsModel, { now }: AlertsReading): string {
  const more = [
    noData.length === 0 ? '' : `${noData.length} without data`,
    silenced.length === 0 ? '' : `${silenced.length} silenced`,
  ].filter((text) => text !== '');
  const rest = more.length === 0 ? '' : `, ${more.join(', ')}`;
  if (open.length > 0) return `${countOf(open.length, 'alert')} open${rest}`;
  const last = resolved[0]?.resolvedAt ?? null;
  const lately = last === null || rest !== '' ? '' : `. Last alert resolved ${agoText(last, now)}`;
  return `Nothing open${rest}${lately}`;
}

function subOf({ reading: { checkedAt, now } }: AlertsView): SafeHtml {
  const checked =
    checkedAt === null ? html`Time of the last check unknown` : html`Checked ${timeElement(checkedAt, { now })}`;
  return html`${checked} · every five minutes by <code>contrail schedule</code> · history in <code>alerts_v1</code>`;
}

function lateCheck({ checkedAt, now }: AlertsReading): SafeHtml | undefined {
  if (checkedAt === null) {
    return html`<p class="notice">
      No check has noted its alerts yet, so these are as last written to <code>alerts_v1</code>. A check runs every five
      minutes while <code>contrail schedule</code> and a worker are running.
    </p>`;
  }
  if (now - checkedAt <= LATE_CHECK_MS) return undefined;
  return html`<p class="notice">
    The last check ran ${timeElement(checkedAt, { now })}, so this may be out of date. Are
    <code>contrail schedule</code> and a worker running?
  </p>`;
}

function sourcesOf({ problems, checkedAt }: AlertsReading) {
  const problemOf = (name: string) => problems.find((one) => one.name === name)?.problem;
  const names = new Set(['Redis', 'monitoring.alerts_v1', ...problems.map(({ name }) => name)]);
  return [...names].map((name) => {
    const problem = problemOf(name);
    return {
      name,
      ...(problem === undefined ? {} : { problem: `did not answer: ${problem}` }),
      ...(name === 'Redis' && checkedAt !== null ? { asOf: checkedAt } : {}),
    };
  });
}

function barOf({ filter, range }: AlertsView): SafeHtml {
  return html`<form class="bar" method="get" action="/alerts">
    <label
      >State
      <select name="state">
        ${option('', 'any', filter.state)}
        ${ALERT_STATES.map((state) => option(state, STATE_WORDS[state].toLowerCase(), filter.state))}
      </select></label
    >
    <label
      >Rule
      <select name="rule">
        ${option('', 'any', filter.rule)} ${ruleIds().map((id) => option(id, id, filter.rule))}
      </select></label
    >
    <label
      >Experiment <input name="experiment" value="${filter.experiment ?? ''}" spellcheck="false" autocomplete="off"
    /></label>
    <label
      >Resolved within
      <select name="range">
        ${range.choices.map((choice) => option(choice, choice, range.value))}
      </select></label
    >
    <button>Show</button>
  </form>`;
}

function option(value: string, text: string, chosen: string | undefined): SafeHtml {
  return value === (chosen ?? '')
    ? html`<option value="${value}" selected>${text}</option>`
    : html`<option value="${value}">${text}</option>`;
}

interface Section {
  readonly title: string;
  readonly entries: readonly AlertEntry[];
  /** What to say if there are none. */
  readonly empty: string;
  readonly note?: string;
}

function section({ title, entries, empty, note }: Section, reading: AlertsReading): SafeHtml {
  return html`<section>
    <h2>${title}${entries.length === 0 ? '' : ` (${entries.length})`}</h2>
    ${note === undefined ? undefined : html`<p class="note">${note}</p>`}
    ${entries.length === 0 ? emptyBlock(empty) : alertTable(title, entries, reading)}
  </section>`;
}

/** Folded: somebody has seen them. */
function silencedSection(entries: readonly AlertEntry[], reading: AlertsReading): SafeHtml | undefined {
  if (entries.length === 0) return undefined;
  return html`<section>
    <h2>Silenced (${entries.length})</h2>
    <details>
      <summary>Show ${countOf(entries.length, 'silenced alert')}</summary>
      ${alertTable('Silenced', entries, reading)}
    </details>
  </section>`;
}

function alertTable(title: string, entries: readonly AlertEntry[], reading: AlertsReading): SafeHtml {
  return headedTable({
    caption: title,
    hasHiddenCaption: true,
    columns: ['Severity', 'Alert', 'Since', 'Checked', 'Messages'],
    body: entries.map((entry) => alertRow(entry, reading)),
    className: 'cards alerts',
  });
}

function alertRow(entry: AlertEntry, { now, checkedAt }: AlertsReading): SafeHtml {
  const since = entry.openedAt === null ? html`unknown` : timeElement(entry.openedAt, { now });
  const checked = entry.state === 'resolved' ? entry.resolvedAt : (checkedAt ?? entry.lastSeenAt);
  const verb = entry.state === 'resolved' ? 'resolved ' : '';
  return html`<tr>
    <td>${severityElement(entry.severity)}</td>
    <th scope="row">
      <a href="${alertLink(entry.id)}">${entry.sentence}</a>
      <p class="note">${ruleLabel(entry)}: ${formulaOf(entry)}</p>
      ${entry.problem === null ? undefined : html`<p class="note">No data now: ${entry.problem}</p>`}
      ${entry.silence === null ? undefined : html`<p class="note">${silenceText(entry)}</p>`}
      ${entry.link === null ? undefined : html`<p class="note">${link(entry.link, 'Where it comes from')}</p>`}
    </th>
    <td class="time" data-name="since">${since}</td>
    <td class="time" data-name="${entry.state === 'resolved' ? '' : 'checked'}">
      ${checked === null ? 'unknown' : html`${verb}${timeElement(checked, { now })}`}
    </td>
    <td data-name="messages">${messagesOf(entry.notified, now)}</td>
  </tr>`;
}

/** `M1 unenrollment spike (Experimenter)` */
export function ruleLabel({ rule, ruleId }: AlertEntry): string {
  return rule === undefined ? ruleId : `${ruleId} ${rule.title} (${PRODUCT_WORDS[rule.product]})`;
}

export function formulaOf({ formula, value, threshold }: AlertEntry): string {
  return formula ?? `${value ?? 'unknown'}, threshold ${threshold ?? 'unknown'}`;
}

/** `Silenced by ada until 2026-01-16 12:00:00 UTC: known bug` */
export function silenceText({ silence, subject, ruleId }: AlertEntry): SafeHtml | undefined {
  if (silence === null) return undefined;
  const { scope, actor, until, reason, wakeAbove } = silence;
  const of = scope === 'rule' ? ` (${ruleId} for ${subject})` : '';
  const wake = wakeAbove === null ? '' : ` Speaks up above ${Number(wakeAbove.toPrecision(4))}.`;
  if (scope === 'settings' && actor === 'configuration')
    return html`Silenced by the settings: ${reason ?? 'no reason'}.`;
  return html`Silenced by ${actor ?? 'somebody'}${of} until ${timeElement(until, { now: until, as: 'moment' })}:
  ${reason ?? 'no reason'}.${wake}`;
}

function messagesOf(notified: AlertRow['notified'], now: number): SafeHtml {
  if (notified.length === 0) return html`none`;
  const newest = notified.slice(-3).toReversed();
  const earlier = notified.length - newest.length;
  return html`${newest.map(
    ({ target, at, event }) =>
      html`<span class="message">${target} ${event === 'opened' ? '' : event} ${timeOfDelivery(at, now)}</span> `,
  )}${earlier === 0 ? undefined : html`and ${earlier} earlier`}`;
}

function timeOfDelivery(at: string, now: number): SafeHtml {
  const time = Date.parse(at);
  return Number.isNaN(time) ? html`${at}` : timeElement(time, { now });
}
