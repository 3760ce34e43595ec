import { describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../../../src/domain/freshness/file-entry.ts';
import { ContrailError } from '../../../../../src/domain/errors.ts';
import { METADATA } from '../../../../../src/domain/object-metadata.ts';
import { metadataObjectName } from '../../../../../src/domain/metadata-name.ts';
import { valueOf } from '../../../../../src/web/part.ts';
import { experimentWorld, NOW, SLUG, WEEKLY_FILE } from '../../../../support/experiment-world.ts';
import { never } from '../../../../support/metadata-world.ts';
import { recordOf, putObject } from '../../../../support/why-world.ts';
import { VERSION } from '../../../../support/trace-world.ts';

describe('an experiment is found', () => {
  it('by its slug, and as tables write it', async () => {
    const { source } = await experimentWorld();

    expect(await source().find(SLUG, never)).toMatchObject({ kind: 'listed', experiment: { slug: SLUG } });
    expect(await source().find('an_experiment', never)).toEqual({ kind: 'alias', slug: SLUG });
  });

  it('by its log rows alone', async () => {
    const { source, addError } = await experimentWorld();
    await addError({ experiment: 'logged-only' });

    expect(await source().find('logged-only', never)).toMatchObject({ kind: 'unlisted', slug: 'logged-only' });
  });

  it('not if nobody knows it, with the nearest names', async () => {
    const { source } = await experimentWorld();

    expect(await source().find('an-experimnt', never)).toEqual({ kind: 'unknown', nearest: [SLUG] });
    expect(await source().find('../etc', never)).toEqual({ kind: 'unknown', nearest: [] });
    expect(await source().find('x'.repeat(1_000), never)).toEqual({ kind: 'unknown', nearest: [] });
  });

  it('not if it is private, nor is its name suggested', async () => {
    const { source, metricHub } = await experimentWorld();
    metricHub.commit(
      { [`jetstream/${SLUG}.toml`]: '[experiment]\nis_private = true\ndataset_id = "elsewhere"\n' },
      Date.parse(NOW),
    );

    expect(await source().find(SLUG, never)).toEqual({ kind: 'unknown', nearest: [] });
    expect(await source().find('an-experimnt', never)).toEqual({ kind: 'unknown', nearest: [] });
    expect((await source().list(never)).experiments).toEqual([]);
  });

  it('with the reason if its record cannot be read', async () => {
    const { source, experiments } = await experimentWorld();
    experiments.replace([{ slug: SLUG, startDate: 'soon' }]);

    expect(await source().find(SLUG, never)).toMatchObject({
      kind: 'unlisted',
      problem: expect.stringContaining('startDate') as string,
    });
  });
});

describe('its files', () => {
  it('are read with what their objects say', async () => {
    const { source, publish } = await experimentWorld();
    await publish({ [METADATA.rejected]: '2', [METADATA.duplicates]: '1', [METADATA.sha256]: 'ab' });

    const files = valueOf(await source().files(SLUG, never));

    expect(files?.analysisStart).toBe('2026-01-16 04:00:00+00:00');
    expect(files?.files.filter(({ published }) => published !== undefined).map(({ object }) => object)).toEqual([
      WEEKLY_FILE,
      metadataObjectName(SLUG),
    ]);
    expect(files?.files[1]?.published).toMatchObject({
      version: VERSION,
      rows: 3,
      leftOut: { rejected: 2, dropped: 0, duplicates: 1 },
      sha256: 'ab',
      windows: '1',
    });
  });

  it('are not those of another experiment with the same normal form', async () => {
    const { source, publish } = await experimentWorld();
    await publish({ [METADATA.experiment]: 'an.experiment' });

    expect(valueOf(await source().files(SLUG, never))?.files[1]?.published).toBeUndefined();
  });

  it('have the states of the freshness index', async () => {
    const { source } = await experimentWorld();
    const now = Date.parse(NOW);
    const entry: FileEntry = {
      file: { product: 'statistics', experiment: SLUG, period: 'weekly' },
      pass: 1,
      source: { version: VERSION, seenAt: now },
      failure: { version: VERSION, code: 'ROWS_REFUSED', sentence: 'It is bad.', attempts: 3, at: now - 1_000 },
    };
    const files = [{ entry, job: undefined }];
    const indexed = () => Promise.resolve({ kind: 'files' as const, files, at: now - 60_000, now, unread: [] });

    const read = valueOf(await source({ indexed }).files(SLUG, never));

    expect(read?.checkedAt).toBe(now - 60_000);
    expect(read?.files[1]?.state).toEqual({
      state: 'failed',
      since: now - 1_000,
      detail: 'It is bad.',
      needsYou: true,
    });
    expect(read?.files[0]?.state).toBeUndefined();
  });

  it('tell where metric-hub overrides the record', async () => {
    const { source, store, experiments } = await experimentWorld({ analysisStart: null });
    const config = {
      reference_branch: 'treatment',
      end_date: null,
      start_date: '2026-01-02',
      enrollment_period: 9,
      skip: false,
    };
    await putObject(store, metadataObjectName(SLUG), { text: JSON.stringify({ external_config: config }) });
    experiments.replace([
      {
        ...recordOf({
          experiment: {
            slug: SLUG,
            startDate: '2026-01-01',
            endDate: null,
            enrollmentEndDate: null,
            branches: ['control', 'treatment'],
            referenceBranch: 'control',
            segments: [],
            isRollout: false,
            isHoldback: false,
            doRerun: false,
          },
          primaryMetrics: [],
        }),
      },
    ]);

    expect(valueOf(await source().files(SLUG, never))?.overrides).toEqual([
      { what: 'the reference branch', recorded: 'control', used: 'treatment' },
      { what: 'the start', recorded: '2026-01-01', used: '2026-01-02' },
      { what: 'the enrollment period', recorded: '7 days', used: '9 days' },
    ]);
  });
});

it('the trace is that of `contrail why`, and read once for several readers', async () => {
  const { source, addTable, publish, deps } = await experimentWorld();
  addTable();
  await publish();
  let reads = 0;
  const experiments = {
    url: 'memory:',
    fetch: (signal: AbortSignal) => deps.experiments.fetch(signal),
    list: (signal: AbortSignal) => {
      reads += 1;
      return deps.experiments.list(signal);
    },
  };
  const counted = source({ experiments });

  const [part] = await Promise.all([counted.explanation(SLUG, never), counted.explanation(SLUG, never)]);
  await counted.explanation(SLUG, never);

  expect(valueOf(part)?.cells.find(({ metric }) => metric === 'days_of_use')).toMatchObject({ lost: null });
  expect(reads).toBe(1);
});

it('runs are the last ones of this experiment', async () => {
  const { source, addRun } = await experimentWorld();
  await addRun({ finished_at: '2026-01-17T10:00:00Z', outcome: 'failed', error_code: 'ROWS_REFUSED' });
  await addRun({ finished_at: '2026-01-17T11:00:00Z' });
  await addRun({ experiment: 'another' });

  expect(valueOf(await source().runs(SLUG, never))?.map(({ outcome }) => outcome)).toEqual(['published', 'failed']);
});

it('cost is summed by table, the dearest first, and older costs do not count', async () => {
  const { source, addQuery, addRun } = await experimentWorld();
  const query = { experiment_slug: SLUG, destination_table: 'enrollments_an_experiment', total_bytes_processed: 10 };
  await addQuery({ ...query, submission_timestamp: '2026-01-10T00:00:00Z', cost_usd: 1 });
  await addQuery({ ...query, submission_timestamp: '2026-01-11T00:00:00Z', cost_usd: 2 });
  await addQuery({ ...query, submission_timestamp: '2025-12-01T00:00:00Z', cost_usd: 4 });
  await addQuery({ ...query, experiment_slug: 'another', submission_timestamp: '2026-01-11T00:00:00Z', cost_usd: 8 });
  await addRun({ cost_usd: 0.5, bytes_billed: 7 });

  expect(valueOf(await source().cost(SLUG, never))).toEqual([
    { kind: 'analysis', table: 'enrollments_an_experiment', usd: 3, queries: 2, bytes: 20 },
    { kind: 'contrail', table: 'exports of statistics', usd: 0.5, queries: 1, bytes: 7 },
  ]);
});

it('enrollment counts are those of the other system, or none', async () => {
  const { source, publishCounts } = await experimentWorld();
  await publishCounts({
    v1: {
      [SLUG]: {
        total_enrollments: 5,
        total_unenrollments: 1,
        branches: { control: { enrollments: 5, unenrollments: 1 } },
      },
    },
  });

  expect(valueOf(await source().enrollment(SLUG, never))?.counts.totalEnrollments).toBe(5);
  expect(await source().enrollment('another', never)).toMatchObject({ kind: 'read', value: undefined });
});

it('a source that fails costs only its own part', async () => {
  const { source, deps } = await experimentWorld();
  const failing = { rows: () => Promise.reject(new ContrailError('WAREHOUSE_BUSY', 'The warehouse is busy.')) };
  const broken = source({ reader: failing });

  expect(await broken.runs(SLUG, never)).toEqual({
    kind: 'unread',
    problem: 'The runs could not be read: The warehouse is busy.',
  });
  expect((await broken.files(SLUG, never)).kind).toBe('read');
  expect(deps.store.url).toBeTypeOf('string');
});
