/** `/alerts/:id`: one alert with its rule, its messages, and the form that silences it. */
import type { Page } from '../../frame/page.ts';
import { absoluteText } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, link, type SafeHtml, type Value } from '../../views/html.ts';
import { alertLink, formulaOf, ruleLabel, silenceText } from './list-view.ts';
import type { AlertEntry } from './model.ts';
import { severityElement, STATE_WORDS } from './severity.ts';
import { canGrow, endDays, SILENCE_ENDS, type SilenceFields } from './silence-request.ts';
import type { AlertsReading } from './source.ts';
import { headedTable } from '../../frame/table.ts';

export interface AlertView {
  readonly entry: AlertEntry;
  readonly reading: AlertsReading;
  /** The hidden field of forms; absent for readers, who get no forms. */
  readonly token?: SafeHtml;
  /** What was asked for and refused, and why. */
  readonly refused?: { readonly fields: Partial<SilenceFields>; readonly problem: string };
}

export function alertPage({ entry, reading, token, refused }: AlertView): Page {
  const { now } = reading;
  return {
    section: '/alerts',
    headline: entry.sentence,
    title: `${entry.ruleId} ${entry.subject}`,
    sub: html`${STATE_WORDS[entry.state]} · ${ruleLabel(entry)} ·
      <a href="/alerts?rule=${encodeURIComponent(entry.ruleId)}">all alerts of ${entry.ruleId}</a>`,
    body: html`${facts(entry, reading)} ${messages(entry, now)} ${silencing(entry, { now, token, refused })}`,
  };
}

function facts(entry: AlertEntry, { now, checkedAt }: AlertsReading): SafeHtml {
  const { rule, openedAt, lastSeenAt, resolvedAt } = entry;
  const time = (at: number | null): Value => (at === null ? undefined : timeElement(at, { now }));
  const rows: readonly (readonly [string, Value])[] = [
    ['Severity', severityElement(entry.severity)],
    ['Subject', entry.subject],
    ['With the numbers', formulaOf(entry)],
    ['Condition', rule?.formula],
    ['Value', entry.value === null ? undefined : absoluteText(entry.value)],
    [
      'Threshold',
      entry.threshold === null
        ? undefined
        : `${absoluteText(entry.threshold)}${rule === undefined ? '' : ` (${rule.thresholdSource})`}`,
    ],
    ['Since', time(openedAt)],
    ['Last found', time(lastSeenAt)],
    ['Last checked', time(checkedAt)],
    ['Resolved', time(resolvedAt)],
    ['No data now', entry.problem ?? undefined],
    ['Source', entry.link === null ? undefined : link(entry.link, 'The page about it')],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  return html`<dl class="facts">
    ${shown.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function messages({ notified, rule }: AlertEntry, now: number): SafeHtml {
  if (notified.length === 0) {
    const why = rule?.notify === 'never' ? 'This rule is only shown and sends none.' : 'None was sent.';
    return html`<h2>Messages</h2>
      <p class="empty">${why}</p>`;
  }
  return html`<h2>Messages</h2>
    ${headedTable({
      caption: 'Messages sent',
      hasHiddenCaption: true,
      columns: ['Target', 'About', 'When'],
      body: notified.toReversed().map(
        ({ target, event, at }) =>
          html`<tr>
            <th scope="row">${target}</th>
            <td>${event}</td>
            <td class="time">${Number.isNaN(Date.parse(at)) ? at : timeElement(Date.parse(at), { now })}</td>
          </tr>`,
      ),
      className: '',
    })}`;
}

interface Forms {
  readonly token: SafeHtml | undefined;
  readonly refused: AlertView['refused'] | undefined;
  readonly now: number;
}

function silencing(entry: AlertEntry, { now, token, refused }: Forms): SafeHtml | undefined {
  if (entry.state === 'resolved') return undefined;
  return html`<h2 id="silence">Silence</h2>
    ${entry.silence === null ? undefined : html`<p>${silenceText(entry)}</p>`} ${liftForm(entry, token)}
    ${
      token === undefined
        ? html`<p class="empty">Operators can silence this alert.</p>`
        : silenceForm(entry, { now, token, refused })
    }`;
}

function liftForm({ id, silence }: AlertEntry, token: SafeHtml | undefined): SafeHtml | undefined {
  if (silence === null || token === undefined) return undefined;
  if (silence.row === null) {
    return html`<p class="note">It ends when <code>CONTRAIL_ALERTS_SILENCE</code> no longer names it.</p>`;
  }
  return html`<form method="post" action="${alertLink(id)}/lift">${token}<button>End the silence now</button></form>`;
}

const END_WORDS: Readonly<Record<(typeof SILENCE_ENDS)[number], string>> = {
  '1h': 'in 1 hour',
  '1d': 'in 1 day',
  '7d': 'in 7 days',
  date: 'on the day below, at 00:00 UTC',
};

function silenceForm(entry: AlertEntry, { now, token, refused }: Forms): SafeHtml {
  const { fields = {}, problem } = refused ?? {};
  const { first, last } = endDays(now);
  const end = fields.end ?? '1d';
  const scope = fields.scope ?? 'alert';
  return html`<form class="silence" method="post" action="${alertLink(entry.id)}/silence">
    ${token} ${problem === undefined ? undefined : html`<p class="notice error" role="alert">${problem}</p>`}
    <fieldset>
      <legend>What to silence</legend>
      ${radio('scope', 'alert', scope, 'This alert, until it is resolved or the silence ends')}
      ${radio('scope', 'rule', scope, `Rule ${entry.ruleId} for ${entry.subject}, also when it opens again`)}
    </fieldset>
    <label class="field"
      >Reason (required) <textarea name="reason" rows="2" maxlength="500" required>${fields.reason ?? ''}</textarea>
    </label>
    <fieldset>
      <legend>Until</legend>
      ${SILENCE_ENDS.map((one) => radio('end', one, end, END_WORDS[one]))}
      <label class="field"
        >Day <input type="date" name="date" min="${first}" max="${last}" value="${fields.date ?? ''}"
      /></label>
    </fieldset>
    ${wakeBox(entry, fields.wake === true)}
    <button class="primary">Silence</button>
  </form>`;
}

function wakeBox({ row, rule, value }: AlertEntry, isChecked: boolean): SafeHtml | undefined {
  if (!canGrow(row) || value === null) return undefined;
  const box = isChecked
    ? html`<input type="checkbox" name="wake" value="1" checked />`
    : html`<input type="checkbox" name="wake" value="1" />`;
  const how = rule?.notify === 'once' ? ' (shown as open; this rule sends its message only once)' : '';
  return html`<p>
    <label>${box} Speak up if the value grows by 50%, above ${absoluteText(value * 1.5)}${how}</label>
  </p>`;
}

function radio(name: string, value: string, chosen: string, text: string): SafeHtml {
  const input =
    value === chosen
      ? html`<input type="radio" name="${name}" value="${value}" checked />`
      : html`<input type="radio" name="${name}" value="${value}" />`;
  return html`<label class="choice">${input} ${text}</label>`;
}
