import { describe, expect, it } from 'vitest';
import { experimentPages } from '../../support/experiment-pages.ts';
import { SLUG } from '../../support/experiment-world.ts';

const PATH = `/experiments/${SLUG}/export`;
const REASON = 'the schema changed';

async function setup() {
  const pages = await experimentPages();
  pages.addTable();
  pages.addView();
  /** The question, with what its form sends. */
  const ask = async (url = PATH) => {
    const answer = await pages.get(url);
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(answer.body)?.[1] ?? '';
    const cookie = answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');
    return { ...answer, cookie, form: { _csrf: field('_csrf'), digest: field('digest'), reason: REASON } };
  };
  const send = (form: Readonly<Record<string, string>>, cookie: string) =>
    pages.app.inject({
      method: 'POST',
      url: PATH,
      headers: { host: 'localhost', cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    });
  const queued = async () => (await pages.queue.list('statistics', ['waiting'], 10)).map(({ name }) => name);
  return { ...pages, ask, send, queued };
}

describe('exporting again', () => {
  it('asks first, with files, bytes and price, and enqueues nothing', async () => {
    const { ask, queued } = await setup();

    const { statusCode, body } = await ask(`${PATH}?file=weekly`);

    expect(statusCode).toBe(200);
    expect(body).toContain(`Export 1 file of ${SLUG} again?`);
    expect(body.replace(/\s+/g, ' ')).toMatch(/at most \$\d/);
    expect(await queued()).toEqual([]);
  });

  it('enqueues a backfill, records who and why, and leads back to the page', async () => {
    const { ask, send, queued, backfills, log, get } = await setup();
    const { form, cookie } = await ask();

    const { statusCode, headers } = await send(form, cookie);

    expect(statusCode).toBe(303);
    expect(await queued()).toEqual([`${SLUG} weekly`]);
    const [backfill] = await backfills.list();
    expect(headers['location']).toBe(`/experiments/${SLUG}?exported=${backfill?.id ?? ''}#files`);
    expect(backfill).toMatchObject({ by: 'local', selection: `--experiment ${SLUG} --force` });
    expect(log.lines.find(({ text }) => text === 'an export was started')?.fields).toMatchObject({
      audit: true,
      who: 'local',
      reason: REASON,
      backfill: backfill?.id,
    });
    expect((await get(String(headers['location']).replace('#files', ''))).body).toContain(
      `queued as backfill ${backfill?.id ?? ''}`,
    );
  });

  it('is refused without the token of the form', async () => {
    const { ask, send, queued } = await setup();
    const { form, cookie } = await ask();

    expect((await send({ ...form, _csrf: '' }, cookie)).statusCode).toBe(403);
    expect((await send(form, '')).statusCode).toBe(403);
    expect(await queued()).toEqual([]);
  });

  it('asks again without a reason', async () => {
    const { ask, send, queued } = await setup();
    const { form, cookie } = await ask();

    const { statusCode, body } = await send({ ...form, reason: ' ' }, cookie);

    expect(statusCode).toBe(400);
    expect(body).toContain('Say why, for the audit log.');
    expect(await queued()).toEqual([]);
  });

  it('enqueues nothing if the files are others than those of the question', async () => {
    const { ask, send, queued } = await setup();
    const { form, cookie } = await ask();

    const { statusCode, body } = await send({ ...form, digest: 'another' }, cookie);

    expect(statusCode).toBe(409);
    expect(body).toContain('The files have changed since the question was asked.');
    expect(await queued()).toEqual([]);
  });

  it('is not offered for files that do not exist', async () => {
    const { get } = await setup();

    expect((await get(`${PATH}?file=hourly`)).statusCode).toBe(400);
    expect((await get(`${PATH}?file=daily`)).body).toContain('There is nothing to export');
    expect((await get('/experiments/nobody/export')).statusCode).toBe(404);
  });
});
