/** What is wrong with warehouse or bucket is named, with the place and the remedy; nothing is published or half-written. */
import { describe, expect, it } from 'vitest';
import { googleWorld, OBJECT, VIEW, view } from '../../support/google-world.ts';

/** What a user sees: never a stack trace, never nothing. */
function expectRefusal(
  run: { readonly code: number | null; readonly stderr: string },
  ...texts: readonly string[]
): void {
  expect(run).toMatchObject({ code: 1 });
  for (const text of texts) expect(run.stderr).toContain(text);
  expect(run.stderr).not.toMatch(/^ {4}at /m);
}

describe('contrail run statistics against BigQuery and Cloud Storage', () => {
  it('names a table that is missing, and the periods that there are', async () => {
    const { run, published } = await googleWorld({
      tables: [{ ...view(10), name: 'mozanalysis.statistics_my_slug_daily' }],
    });

    const result = await run();

    expectRefusal(result, 'my-slug has no weekly results.', 'It has results for daily.');
    expect(published()).toBeUndefined();
  });

  it('names a dataset that is missing', async () => {
    const { run, published } = await googleWorld({ tables: [view(10)] }, { CONTRAIL_RESULTS_DATASET: 'not_there' });

    const result = await run();

    expectRefusal(result, 'not_there', 'Create the dataset, or name its location');
    expect(published()).toBeUndefined();
  });

  it('says where it looked, for a location that does not match', async () => {
    const message = 'Not found: Dataset replay-project:mozanalysis was not found in location EU';
    const { run, replay } = await googleWorld({ tables: [view(10)] });
    const fault = { kind: 'refuse', code: 'NOT_FOUND', reason: 'notFound', message } as const;
    replay.faults.add({ on: ['jobs.query', 'datasets.get'], times: 'all', fault });

    const result = await run();

    expectRefusal(result, 'It was looked for in EU', '?location=');
  });

  it('names a bucket that is missing', async () => {
    const { run } = await googleWorld({ tables: [view(10)] }, { CONTRAIL_BUCKET: 'gs://no-such-bucket' });

    const result = await run();

    expectRefusal(result, 'no-such-bucket', 'does not exist');
  });

  it.each([
    [
      'the job',
      'Access Denied: Project p: User does not have bigquery.jobs.create permission in project p.',
      'bigquery.jobs.create',
    ],
    ['the table', 'Access Denied: Table replay-project:mozanalysis.t', 'bigquery.tables.getData'],
  ])('names the permission that is missing on %s', async (_what, message, permission) => {
    const { run, replay, published } = await googleWorld({ tables: [view(10)] });
    replay.faults.add({
      on: 'jobs.query',
      times: 'all',
      fault: { kind: 'refuse', code: 'PERMISSION_DENIED', reason: 'accessDenied', message },
    });

    const result = await run();

    expectRefusal(result, `Grant the permission ${permission}`);
    expect(published()).toBeUndefined();
  });

  it('names the permission that is missing on the bucket', async () => {
    const { run, storage, published } = await googleWorld({ tables: [view(10)] });
    const message = 'x@y does not have storage.objects.create access to the Google Cloud Storage object.';
    storage.failNext('upload', {
      reply: { status: 403, json: { error: { message, errors: [{ reason: 'forbidden' }] } } },
    });

    const result = await run();

    expectRefusal(result, 'storage.objects.create', 'bucket');
    expect(published()).toBeUndefined();
  });

  it('says what to do about credentials that have expired', async () => {
    const { run, replay } = await googleWorld({ tables: [view(10)] });
    const fault = {
      kind: 'refuse',
      code: 'UNAUTHENTICATED',
      reason: 'authError',
      message: 'Invalid Credentials',
    } as const;
    replay.faults.add({ on: 'jobs.query', times: 'all', fault });

    const result = await run();

    expectRefusal(result, 'gcloud auth application-default login');
  });

  it('refuses a column of a type that has no place in the format, by name', async () => {
    const fields = [
      { name: 'metric', type: 'STRING' },
      { name: 'where_it_was', type: 'GEOGRAPHY' },
    ] as const;
    const table = { name: `mozanalysis.${VIEW}`, kind: 'view', fields, rows: [] } as const;
    const { run, published } = await googleWorld({ tables: [table] });

    const result = await run();

    expectRefusal(result, 'where_it_was', 'GEOGRAPHY');
    expect(published()).toBeUndefined();
  });

  it('leaves a view whose tables are gone, and says so when it is asked for by name', async () => {
    const message = `${VIEW}_* does not match any table.`;
    const queryFails = { code: 'INVALID_ARGUMENT', reason: 'invalidQuery', message } as const;
    const { run, contrail, published, logged } = await googleWorld({ tables: [{ ...view(0), queryFails }] });

    const single = await run();
    const all = await contrail('backfill', '--product', 'statistics', '--json');

    expect(single).toMatchObject({ code: 1, stdout: expect.stringContaining('skipped: source gone') });
    expect(single.stderr).toContain('my-slug has no weekly tables at present; nothing was published.');
    expect(all).toMatchObject({ code: 0 });
    expect(JSON.parse(all.stdout)).toMatchObject({ planned: 0, skipped: 1, refused: 0 });
    expect(published()).toBeUndefined();
    expect(logged()).toEqual([]);
  });

  it('keeps the file of somebody else who was faster, if it is newer', async () => {
    const { run, storage, published } = await googleWorld({ tables: [view(10)] });
    const theirs = Buffer.from('["newer"]');
    const metadata = { 'contrail-source-version': '2099-01-01T00:00:00.000Z' };
    storage.failNext('upload', { before: () => void storage.bucket.put(OBJECT, theirs, { metadata }) });

    const result = await run();

    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('superseded') });
    expect(published()).toEqual(theirs);
  });

  it('starts again when somebody else was faster with an older file', async () => {
    const { run, storage, published, replay } = await googleWorld({ tables: [view(10)] });
    const metadata = { 'contrail-source-version': '2020-01-01T00:00:00.000Z' };
    storage.failNext('upload', {
      before: () => void storage.bucket.put(OBJECT, Buffer.from('["older"]'), { metadata }),
    });

    const result = await run();

    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('published') });
    expect(JSON.parse(published()?.toString() ?? '')).toHaveLength(10);
    expect(replay.rowsOf('monitoring.logs')).toEqual([]);
  });
});

describe('contrail backfill against BigQuery and Cloud Storage', () => {
  const backfill = ['backfill', '--product', 'statistics'] as const;

  it('tells of a dataset that is missing, and of the setting that names it', async () => {
    const { contrail } = await googleWorld({ tables: [view(10)] }, { CONTRAIL_RESULTS_DATASET: 'not_there' });

    const { stderr } = await contrail(...backfill);

    expect(stderr).toContain('"dataset":"not_there"');
    expect(stderr).toContain('the dataset does not exist');
    expect(stderr).toContain('CONTRAIL_RESULTS_DATASET');
  });

  it('names a bucket that is missing', async () => {
    const { contrail } = await googleWorld({ tables: [view(10)] }, { CONTRAIL_BUCKET: 'gs://no-such-bucket' });

    const result = await contrail(...backfill);

    expectRefusal(result, 'no-such-bucket', 'does not exist', 'CONTRAIL_BUCKET');
  });

  it('names the permission that is missing on the dataset', async () => {
    const { contrail, replay } = await googleWorld({ tables: [view(10)] });
    const message = 'Access Denied: Dataset replay-project:mozanalysis';
    const fault = { kind: 'refuse', code: 'PERMISSION_DENIED', reason: 'accessDenied', message } as const;
    replay.faults.add({ times: 'all', fault });

    const result = await contrail(...backfill);

    expectRefusal(result, 'Grant the permission bigquery.', 'replay-project:mozanalysis');
  });

  it('names the permission that is missing on the bucket', async () => {
    const { contrail, storage } = await googleWorld({ tables: [view(10)] });
    const message = 'x@y does not have storage.objects.list access to the Google Cloud Storage bucket.';
    storage.failNext('list', { reply: { status: 403, json: { error: { message } } } });

    const result = await contrail(...backfill);

    expectRefusal(result, 'storage.objects.list', 'gs://bucket');
  });

  it('says what to do about credentials that have expired', async () => {
    const { contrail, replay } = await googleWorld({ tables: [view(10)] });
    const message = 'Invalid Credentials';
    const fault = { kind: 'refuse', code: 'UNAUTHENTICATED', reason: 'authError', message } as const;
    replay.faults.add({ times: 'all', fault });

    const result = await contrail(...backfill);

    expectRefusal(result, 'gcloud auth application-default login');
  });
});
