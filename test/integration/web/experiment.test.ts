import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { experimentPages } from '../../support/experiment-pages.ts';
import { SLUG } from '../../support/experiment-world.ts';

const PATH = `/experiments/${SLUG}`;

describe('the page of an experiment', () => {
  it('shows trace, files, runs, errors, cost and enrollment', async () => {
    const { get, addTable, publish, addRun, addError, addQuery, publishCounts } = await experimentPages();
    addTable();
    await publish({ [METADATA.rejected]: '2' });
    await addRun({ outcome: 'failed', error_message: 'it broke', attempt: 3 });
    await addError();
    await addQuery({
      experiment_slug: SLUG,
      destination_table: 'enrollments_an_experiment',
      submission_timestamp: '2026-01-10T00:00:00Z',
      cost_usd: 1.5,
    });
    const branches = {
      control: { enrollments: 500, unenrollments: 0 },
      treatment: { enrollments: 1000, unenrollments: 30 },
    };
    await publishCounts({ v1: { [SLUG]: { total_enrollments: 1500, total_unenrollments: 30, branches } } });

    const { statusCode, body } = await get(PATH);

    expect(statusCode).toBe(200);
    const text = textOf(body);
    expect(text).toContain('Firefox desktop · live since 1 Jan 2026 · 2 branches · week 1 published');
    expect(text).toContain('3 rows, 2 left out');
    expect(text).toContain('2 expected, 1 shown; 1 not computed');
    expect(text).toContain('Sample ratio mismatch: control has 33.3% of the clients instead of 50.0% (p < 0.001).');
    expect(text).toContain('2 rows are left out of weekly: 2 that Experimenter would reject.');
    expect(text).toContain('The log of this analysis run has 1 error.');
    expect(text).toContain('The experiment is still running: do not decide early.');
    expect(text).toContain('ValueError');
    expect(text).toContain('it broke');
    expect(text).toContain('$1.50 for the analysis and $0.00 for Contrail');
  });

  it('says why there is nothing, and when there will be', async () => {
    const experiment = {
      slug: SLUG,
      startDate: '2026-01-15',
      endDate: null,
      enrollmentEndDate: '2026-01-21',
      branches: ['control', 'treatment'],
      referenceBranch: 'control',
      segments: [],
      isRollout: false,
      isHoldback: false,
      doRerun: false,
    };
    const { get } = await experimentPages({ experiment, analysisStart: null });

    const text = textOf((await get(PATH)).body);

    expect(text).toContain('Enrolling since 15 Jan 2026. First weekly results are due on 29 Jan 2026.');
    expect(text).toContain('0 expected, 0 shown; 2 not due');
    expect(text).toContain('Nothing is published for this experiment.');
    expect(text).toContain('No run of this experiment in the last 90 days.');
    expect(text).toContain('The enrollment counts could not be read');
  });

  it('explains each lost metric, with links to what proves it', async () => {
    const { get } = await experimentPages();

    const { body } = await get(PATH);

    expect(textOf(body)).toContain('There is no table statistics_an_experiment_week_1');
    expect(body).toContain(`href="/errors?experiment=${SLUG}"`);
    expect(body).toContain('id="trace"');
  });

  it('shows what it can while a source fails', async () => {
    const failing = { rows: () => Promise.reject(new ContrailError('WAREHOUSE_BUSY', 'The warehouse is busy.')) };
    const { get, publish } = await experimentPages({}, { reader: failing });
    await publish();

    const { statusCode, body } = await get(PATH);

    expect(statusCode).toBe(200);
    expect(textOf(body)).toContain('Not shown: The runs could not be read: The warehouse is busy.');
    expect(textOf(body)).toContain('Not shown: The cost could not be read: The warehouse is busy.');
    expect(textOf(body)).toContain('week 1 published');
  });

  it('is found under the slug as tables write it', async () => {
    const { get } = await experimentPages();

    const { statusCode, headers } = await get('/experiments/an_experiment');

    expect([statusCode, headers['location']]).toEqual([302, PATH]);
  });

  it('is not there for an unknown slug, and names near ones', async () => {
    const { get } = await experimentPages();

    const { statusCode, body } = await get('/experiments/an-experimnt');

    expect(statusCode).toBe(404);
    expect(body).toContain(`href="${PATH}"`);
  });

  it('is not there for a private experiment', async () => {
    const { get, metricHub, publish } = await experimentPages();
    await publish();
    const private_ = '[experiment]\nis_private = true\ndataset_id = "elsewhere"\n';
    metricHub.commit({ [`jetstream/${SLUG}.toml`]: private_ }, Date.parse('2026-01-17T20:00:00Z'));

    const answers = await Promise.all([PATH, `/api/v1${PATH}`, `/api/v1${PATH}/trace`, `${PATH}/export`].map(get));

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404]);
    expect((await get('/experiments')).body).not.toContain(SLUG);
  });

  it('refuses a parameter that it does not have', async () => {
    const { get } = await experimentPages();

    expect((await get(`${PATH}?perod=weekly`)).statusCode).toBe(400);
  });

  it('shows hostile texts as text', async () => {
    const hostile = '<script>alert(1)</script>"\' \u202e';
    const { get, addError, addRun, addQuery } = await experimentPages();
    await addError({ message: hostile, exception: hostile, metric: hostile, exception_type: hostile });
    await addRun({ outcome: 'failed', error_message: hostile, job_id: hostile });
    await addQuery({
      experiment_slug: SLUG,
      destination_table: hostile,
      submission_timestamp: '2026-01-10T00:00:00Z',
      cost_usd: 1,
    });

    const answers = await Promise.all(
      [PATH, `/experiments/${encodeURIComponent(hostile)}`, `/experiments?q=${encodeURIComponent(hostile)}`].map(get),
    );

    for (const { body } of answers) {
      expect(body).not.toContain('<script>alert');
      expect(body).not.toContain('\u202e');
      expect(body).not.toContain('style=');
    }
  });
});

describe('the list of experiments', () => {
  it('shows all, and leads straight to a slug that was typed exactly', async () => {
    const { get } = await experimentPages();

    expect(textOf((await get('/experiments')).body)).toContain('1 experiment, 1 live');
    expect((await get(`/experiments?q=${SLUG}`)).headers['location']).toBe(PATH);
  });

  it('filters, and says so when nothing matches', async () => {
    const { get } = await experimentPages();

    expect(textOf((await get('/experiments?q=exper&status=live')).body)).toContain('an-experiment');
    expect(textOf((await get('/experiments?q=an-experimnt')).body)).toContain('Did you mean one of these?');
    expect((await get('/experiments?status=dead')).statusCode).toBe(400);
  });
});

describe('the API', () => {
  it('has the numbers of the page', async () => {
    const { get, addTable, publish } = await experimentPages();
    addTable();
    await publish();

    const document = (await get(`/api/v1${PATH}`)).json<Record<string, unknown>>();

    expect(document).toMatchObject({
      slug: SLUG,
      status: 'live',
      trace: { value: { headline: '2 expected, 1 shown; 1 not computed' } },
      files: { value: { analysis_start: '2026-01-16 04:00:00+00:00' } },
      enrollment: { value: null },
    });
  });

  it('has the trace as `contrail why --json` prints it', async () => {
    const { get, addTable, publish } = await experimentPages();
    addTable();
    await publish();

    const trace = (await get(`/api/v1${PATH}/trace`)).json<{ cells: { metric: string; lost: string | null }[] }>();

    expect(trace.cells.map(({ metric, lost }) => [metric, lost])).toEqual([
      ['days_of_use', null],
      ['identity', 'computed'],
    ]);
  });

  it('says what an unknown slug may have meant', async () => {
    const { get } = await experimentPages();

    const answer = await get('/api/v1/experiments/an-experimnt');

    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 404, code: 'experiment_unknown', detail: `Did you mean ${SLUG}?` });
  });
});

/** Tags and runs of blanks are gone. */
function textOf(body: string): string {
  const text = body
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  return text.replace(/\s+/g, ' ').replaceAll(' ,', ',');
}
