/** Enrollment: clients per branch against the ratios, with the test behind the note (rule M2). */
import {
  isMismatch,
  type SampleRatioTest,
  SRM_DEVIATION_LIMIT,
  SRM_P_LIMIT,
} from '../../../domain/sample-ratio/sample-ratio.ts';
import type { Part } from '../../part.ts';
import { countElement } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { addressOf } from '../../parameters.ts';
import { html, link, type SafeHtml } from '../../views/html.ts';
import type { EnrollmentView } from './enrollment.ts';
import { missingPart, troubleOf } from './missing-part.ts';
import { percent, pText } from './notes.ts';
import { headedTable, numeric } from '../../frame/table.ts';

/** `at`: when the clients were counted. */
export interface DatedEnrollment extends EnrollmentView {
  readonly countedAt: number;
}

export function enrollmentSection(part: Part<DatedEnrollment | undefined>, slug: string, now: number): SafeHtml {
  return html`<section id="enrollment" aria-labelledby="enrollment-title">
    <h2 id="enrollment-title">Enrollment</h2>
    ${part.kind === 'unread' ? missingPart(part.problem) : enrollmentBlock(part.value, now)} ${troubleOf(part)}
    <p>${link(addressOf('/enrollments', { q: slug }), 'All enrollment checks')}</p>
  </section>`;
}

function enrollmentBlock(enrollment: DatedEnrollment | undefined, now: number): SafeHtml {
  if (enrollment === undefined) return html`<p>The enrollment counts do not have this experiment.</p>`;
  const { enrolled, unenrolled, unenrollmentRate, test, countedAt } = enrollment;
  return html`<p>
      ${countElement(enrolled)} enrolled, ${countElement(unenrolled)} unenrolled (${percent(unenrollmentRate)}). Counted
      ${timeElement(countedAt, { now })}.
    </p>
    ${test === undefined ? html`<p>There are fewer than two branches with counts, so no ratio can be tested.</p>` : ratioBlock(test)}`;
}

function ratioBlock(test: SampleRatioTest): SafeHtml {
  const { branches, chiSquare, degreesOfFreedom, pValue, largestDeviation } = test;
  const verdict = isMismatch(test) ? 'Sample ratio mismatch' : 'The ratios are as expected';
  return html`${headedTable({
      caption: 'Enrolled clients per branch',
      columns: ['Branch', numeric('Clients'), numeric('Share'), numeric('Expected')],
      body: branches.map(
        ({ branch, actual, share, expectedShare }) =>
          html`<tr>
            <th scope="row">${branch}</th>
            <td data-name="Clients" class="number">${countElement(actual)}</td>
            <td data-name="Share" class="number">${percent(share)}</td>
            <td data-name="Expected" class="number">${percent(expectedShare)}</td>
          </tr>`,
      ),
    })}
    <p>
      ${verdict}: χ² = Σ (clients − expected)² / expected = ${chiSquare === null ? 'unknown' : chiSquare.toFixed(2)},
      ${degreesOfFreedom} degrees of freedom, p ${pText(pValue)}; the largest share deviation is
      ${percent(largestDeviation)}. A mismatch has p below ${SRM_P_LIMIT} and a deviation of at least
      ${percent(SRM_DEVIATION_LIMIT)}.
    </p>`;
}
