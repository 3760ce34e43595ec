/** `/enrollments/:slug`: each rule with the numbers behind it, the ratio test, reasons, and the trend. */
import { SRM_DEVIATION_LIMIT, SRM_P_LIMIT } from '../../../domain/sample-ratio/sample-ratio.ts';
import type { EnrollmentRatio } from '../../../alerts/enrollment-ratio.ts';
import type { TrendDay } from '../../../alerts/enrollment-trend.ts';
import { emptyBlock } from '../../frame/blocks.ts';
import type { Page } from '../../frame/page.ts';
import { absoluteText, countElement, countOf, exactText, pValueText, shareText } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import { PRODUCT_WORDS, severityElement, state } from '../alerts/severity.ts';
import { shareBar } from './branch-shares.ts';
import { notesBlock } from './list-view.ts';
import type { BranchEnrollment, ExperimentEnrollment } from './model.ts';
import type { RuleReading } from './rule-readings.ts';
import { trendFigure } from './trend-plot.ts';
import { headedTable, numeric } from '../../frame/table.ts';

export interface ExperimentView {
  readonly experiment: ExperimentEnrollment;
  readonly notes: readonly string[];
  readonly trend: readonly TrendDay[];
  readonly now: number;
}

export function experimentPage({ experiment, notes, trend, now }: ExperimentView): Page {
  const { slug, application, days, startDate, enrolled, unenrolled, unenrolledShare } = experiment;
  const clients =
    enrolled === null || unenrolled === null
      ? html`no enrollment counts`
      : html`${countElement(enrolled)} enrolled, ${countElement(unenrolled)} unenrolled
        (${shareText(unenrolledShare ?? 0)})`;
  return {
    section: '/enrollments',
    headline: headlineOf(experiment),
    title: slug,
    sub: html`${application} · since ${startDate ?? 'an unknown day'}, ${countOf(days, 'day')} · ${clients} ·
      <a href="/alerts?experiment=${encodeURIComponent(slug)}">its alerts</a> ·
      <a href="/enrollments">all live experiments</a>`,
    body: html`${notesBlock(notes)} ${rulesSection(experiment.rules, now)} ${branchesSection(experiment)}
    ${ratioSection(experiment)} ${reasonsSection(experiment.branches)} ${trendSection(slug, trend)}`,
  };
}

function headlineOf({ slug, rules, state: of }: ExperimentEnrollment): string {
  const failing = rules.filter((rule) => rule.state === 'failing' && rule.severity !== 'info').length;
  if (failing > 0) return `${slug}: ${countOf(failing, 'failing rule')}`;
  return of === 'no_counts' ? `${slug}: nobody has counted its clients` : `${slug}: no failing rule`;
}

function rulesSection(rules: readonly RuleReading[], now: number): SafeHtml {
  const list = headedTable({
    caption: 'Rules about enrollments',
    hasHiddenCaption: true,
    columns: ['Verdict', 'Rule', 'Of', numeric('Value'), numeric('Threshold'), 'Source'],
    body: rules.map((rule) => ruleRow(rule, now)),
  });
  return html`<section>
    <h2>Rules</h2>
    ${list}
  </section>`;
}

function ruleRow(reading: RuleReading, now: number): SafeHtml {
  const { rule, value, threshold, formula, sentence, sourceAt } = reading;
  return html`<tr>
    <td>${verdict(reading)}</td>
    <th scope="row">
      ${rule.id} ${rule.title}
      <p class="note">${formula ?? sentence ?? ''}</p>
      <p class="note"><code>${rule.formula}</code></p>
    </th>
    <td class="time" data-name="of">${PRODUCT_WORDS[rule.product]}</td>
    <td class="number" data-name="value">${absoluteText(value)}</td>
    <td class="number" data-name="threshold">${absoluteText(threshold)}</td>
    <td class="time" data-name="source">${sourceAt === null ? 'missing' : timeElement(sourceAt, { now })}</td>
  </tr>`;
}

function verdict({ state: of, severity }: RuleReading): SafeHtml {
  switch (of) {
    case 'failing':
      return html`${severityElement(severity)} <span class="note">fails</span>`;
    case 'passing':
      return state(
        'fresh',
        html`<path d="M1 6.5 4.5 10 11 2" fill="none" stroke="currentColor" stroke-width="1.5" />`,
        'Passes',
      );
    case 'no_data':
      return state('never', html`<path d="M2 6H10" stroke="currentColor" stroke-width="2" />`, 'Cannot be computed');
    case 'not_concerned':
      return state('not-due', html`<path d="M4 6H8" stroke="currentColor" stroke-width="1.5" />`, 'Does not apply');
  }
}

function branchesSection({ branches }: ExperimentEnrollment): SafeHtml {
  if (branches.length === 0)
    return html`<h2>Branches</h2>
      ${emptyBlock('There are no enrollment counts of this experiment.')}`;
  return html`<section>
    <h2>Branches</h2>
    ${headedTable({
      caption: 'Branches',
      hasHiddenCaption: true,
      columns: [
        'Branch',
        numeric('Enrolled'),
        numeric('Share'),
        numeric('Expected'),
        numeric('Unenrolled'),
        'Share against expected',
      ],
      body: branches.map(
        (branch) =>
          html`<tr>
            <th scope="row">${branch.branch}</th>
            <td class="number" data-name="enrolled">${exactText(branch.enrolled)}</td>
            <td class="number" data-name="share">${shareText(branch.share)}</td>
            <td class="number" data-name="expected">
              ${branch.expectedShare === null ? 'none' : shareText(branch.expectedShare)}
            </td>
            <td class="number" data-name="unenrolled">${exactText(branch.unenrolled)}</td>
            <td>${shareBar(branch)}</td>
          </tr>`,
      ),
    })}
  </section>`;
}

function ratioSection({ ratio }: ExperimentEnrollment): SafeHtml {
  return html`<section>
    <h2>Ratio test</h2>
    ${ratio === null ? emptyBlock('Rollouts and experiments without counts have none.') : ratioFacts(ratio)}
  </section>`;
}

/** The guide asks to look from here on, if it stays so. */
const GUIDE_P = 0.01;

function ratioFacts(ratio: EnrollmentRatio): SafeHtml {
  if (ratio.kind === 'no_data') return emptyBlock(`It cannot be computed: ${ratio.reason}.`);
  const { chiSquare, degreesOfFreedom, pValue, largestDeviation } = ratio.test;
  const guide =
    pValue < GUIDE_P
      ? html`<p class="note">The validation guide says: investigate if p stays below ${GUIDE_P}.</p>`
      : undefined;
  return html`<dl class="facts">
      <dt>χ²</dt>
      <dd>${chiSquare.toFixed(2)}</dd>
      <dt>Degrees of freedom</dt>
      <dd>${degreesOfFreedom}</dd>
      <dt>p</dt>
      <dd>${pValueText(pValue)} (mismatch below ${SRM_P_LIMIT})</dd>
      <dt>Largest share deviation</dt>
      <dd>${shareText(largestDeviation)} (mismatch from ${shareText(SRM_DEVIATION_LIMIT)})</dd>
    </dl>
    ${guide}`;
}

function reasonsSection(branches: readonly BranchEnrollment[]): SafeHtml {
  const rows = branches.flatMap(({ branch, reasons }) => reasons.map((one) => ({ branch, ...one })));
  return html`<section>
    <h2>Reasons of unenrollments</h2>
    ${
      rows.length === 0
        ? emptyBlock('No reasons are known.')
        : headedTable({
            caption: 'Clients by branch and reason: a 1% sample × 100',
            columns: ['Branch', 'Reason', numeric('Clients')],
            body: rows.map(
              ({ branch, reason, clients }) =>
                html`<tr>
                  <th scope="row">${branch}</th>
                  <td>${reason}</td>
                  <td class="number">${exactText(clients)}</td>
                </tr>`,
            ),
            className: '',
          })
    }
  </section>`;
}

function trendSection(slug: string, trend: readonly TrendDay[]): SafeHtml {
  return html`<section>
    <h2>Per day</h2>
    ${
      trend.length === 0
        ? emptyBlock('There are no two daily files of enrollment counts with this experiment, so no day can be shown.')
        : trendFigure(slug, trend)
    }
  </section>`;
}
