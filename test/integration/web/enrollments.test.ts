/** `/enrollments` and its part of the API, on the sample of the demo. */
import { describe, expect, it } from 'vitest';
import { addEnrollmentRoutes } from '../../../src/web/pages/enrollments/routes.ts';
import { addEnrollmentsApi } from '../../../src/web/pages/enrollments/api.ts';
import type { EnrollmentsSource } from '../../../src/web/pages/enrollments/source.ts';
import { alertInputs, counts, experiment } from '../../support/alert-world.ts';
import { PAGES_NOW, pagesApp } from '../../support/pages.ts';
import { sampleCounts, sampleEnrollments } from '../../support/sample-enrollments.ts';

const SPIKE = 'firefox-android-multifeature-test';
const headline = (body: string) => /<h1>(.*?)<\/h1>/s.exec(body)?.[1];

async function setup(source?: EnrollmentsSource) {
  const history = { '2026-01-12': 0.8, '2026-01-13': 0.9, '2026-01-14': 1 };
  const used = source ?? (await sampleEnrollments({ now: PAGES_NOW, history })).source;
  return pagesApp({
    pages: [(app) => addEnrollmentRoutes(app, used), (app) => addEnrollmentsApi(app, used)],
  });
}

/** The source of these experiments and counts. */
function fixed(changes: Parameters<typeof alertInputs>[0]): EnrollmentsSource {
  return {
    read: async () => ({ kind: 'read', at: PAGES_NOW, value: { inputs: alertInputs(changes, PAGES_NOW), limits: {} } }),
    history: async () => ({ kind: 'unread', problem: 'The days could not be read.' }),
  };
}

describe('/enrollments', () => {
  it('counts the live experiments with a failing rule, and lists the worst first', async () => {
    const { get } = await setup();

    const { statusCode, body } = await get('/enrollments');

    expect(statusCode).toBe(200);
    // M1; M2 twice, once with G3; M4. One of the eight has ended.
    expect(headline(body)).toBe('4 of 7 live experiments have a failing rule');
    expect(body).toContain('389 / 2,800 = 13.9% &#62; 10%');
    expect(body.indexOf(`>${SPIKE}<`)).toBeLessThan(body.indexOf('>newtab-topic-picker-three-way<'));
  });

  it.each([
    ['rule=M1', ['firefox-android-multifeature-test']],
    ['app=firefox_ios&state=failing', ['ios-onboarding-cards-three-way']],
    ['q=TOOLBAR', ['android-toolbar-position-three-way']],
    ['q=nothing-like-it', []],
  ])('narrows down by %s', async (query, slugs) => {
    const { get } = await setup();

    const { body } = await get(`/enrollments?${query}`);

    expect([...body.matchAll(/<a href="\/enrollments\/([^"]+)">/g)].map(([, slug]) => slug)).toEqual(slugs);
    if (slugs.length === 0) expect(body).toContain('No live experiment fits these filters.');
  });

  it.each(['rule=A1', 'state=fine', 'page=2'])('refuses %s', async (query) => {
    const { get } = await setup();

    expect((await get(`/enrollments?${query}`)).statusCode).toBe(400);
  });

  it('says that there is no live experiment', async () => {
    const { get } = await setup(fixed({ experiments: [] }));

    const { body } = await get('/enrollments');

    expect(headline(body)).toBe('No live experiments');
    expect(body).toContain('Experiments appear here from their start to their end.');
  });

  it('never calls missing counts a pass', async () => {
    const { get } = await setup(fixed({ enrollmentCounts: 'The counts are missing.' }));

    const { body } = await get('/enrollments');

    expect(headline(body)).toBe('No failing rule at 1 live experiment, 1 without counts');
    expect(body).toContain('The counts are missing.');
  });

  it('fails with the reason if nothing could be read', async () => {
    const problem = 'The enrollments could not be read within 10 s.';
    const { get } = await setup({ ...fixed({}), read: async () => ({ kind: 'unread', problem }) });

    const { statusCode, body } = await get('/enrollments');

    expect([statusCode, body.includes(problem)]).toEqual([502, true]);
  });

  it('shows hostile text as text', async () => {
    const evil = `<script>alert(1)</script>"'\u202e`;
    const enrollmentCounts = new Map([
      [evil, { ...counts({ [evil]: [900, 300] }), reasonsByBranch: new Map([[evil, new Map([[evil, 3]])]]) }],
    ]);
    const { get } = await setup(fixed({ experiments: [experiment({ slug: evil, appName: evil })], enrollmentCounts }));

    for (const url of ['/enrollments', `/enrollments/${encodeURIComponent(evil)}`]) {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(200);
      expect(body).not.toMatch(/<script>alert|\u202e/);
    }
  });
});

describe('/enrollments/:slug', () => {
  it('shows each rule with its numbers, the ratio test, reasons as clients, and days', async () => {
    const { get } = await setup();

    const { body } = await get(`/enrollments/${SPIKE}`);

    expect(headline(body)).toBe(`${SPIKE}: 2 failing rules`);
    for (const rule of ['M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'E1', 'E5', 'G1', 'G2', 'G3']) {
      expect(body).toMatch(new RegExp(`<th scope="row">\\s*${rule} `));
    }
    expect(body).toContain('the number of eligible clients is unknown');
    // (1354 − 1400)² / 1400 + (1446 − 1400)² / 1400
    expect(body).toMatch(/<dt>χ²<\/dt>\s*<dd>3.02<\/dd>/);
    expect(body).toContain('12,800');
    // 90% of 2,800 less 80% of it
    expect(body).toMatch(/2026-01-13<\/time>\s*<\/th>\s*<td class="number">280<\/td>/);
    expect(body.match(/role="img"/g)).toHaveLength(2);
  });

  it('says why no day can be shown', async () => {
    const { get } = await setup(fixed({}));

    const { body } = await get('/enrollments/my-slug');

    expect(body).toContain('There are no two daily files of enrollment counts');
    expect(body).toContain('The days could not be read.');
  });

  it('knows live experiments only', async () => {
    const { get } = await setup();

    const { statusCode, body } = await get('/enrollments/%3Cb%3Enobody');

    expect([statusCode, headline(body)]).toEqual([404, 'There is no such live experiment']);
    expect(body).not.toContain('<b>nobody');
  });
});

describe('/api/v1/enrollments', () => {
  it('has the same numbers in full', async () => {
    const { get } = await setup();
    const { total_enrollments: enrolled, total_unenrollments: unenrolled } = sampleCounts(SPIKE);

    const list = (await get('/api/v1/enrollments?rule=M1')).json();
    const one = (await get(`/api/v1/enrollments/${SPIKE}`)).json();

    expect(list.items).toMatchObject([
      { experiment: SPIKE, enrolled, unenrolled, unenrolled_share: unenrolled / enrolled },
    ]);
    expect(list.items[0].rules[0]).toMatchObject({
      id: 'M1',
      state: 'failing',
      value: unenrolled / enrolled,
      threshold: 0.1,
    });
    expect(one.per_day).toEqual([
      { day: '2026-01-13', enrolled: 280, unenrolled: 39, reason: null },
      { day: '2026-01-14', enrolled: 280, unenrolled: 39, reason: null },
    ]);
  });

  it('knows no other experiment', async () => {
    const { get } = await setup();

    expect((await get('/api/v1/enrollments/nobody')).json()).toMatchObject({ status: 404, code: 'not_found' });
  });
});
