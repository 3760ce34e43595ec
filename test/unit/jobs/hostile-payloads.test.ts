/** What somebody could write into Redis or into a slug: it reaches no path, and breaks nothing. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObjectName } from '../../../src/adapters/object-stores/object-name.ts';
import { errorsObjectName } from '../../../src/domain/errors-export.ts';
import { metadataObjectName } from '../../../src/domain/metadata-name.ts';
import { isSlug } from '../../../src/domain/slug.ts';
import { statisticsObjectName, statisticsTableName } from '../../../src/domain/statistics-name.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';

const HOSTILE = [
  '../../etc/passwd',
  '..%2f..%2fetc',
  '/etc/passwd',
  'C:\\windows',
  '`; DROP TABLE x; --',
  "' OR 1=1",
  '__proto__',
  'constructor',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '-rf',
  '.contrail',
  '.',
  '..',
  '文字',
  '\u202e',
];

describe('an object or table of a slug', () => {
  const namesOf = (slug: string) => [
    statisticsObjectName(slug, 'weekly'),
    metadataObjectName(slug),
    errorsObjectName(slug),
  ];

  it.each(HOSTILE)('stays in its folder and needs no quotes for %j', (slug) => {
    for (const name of namesOf(slug)) expect(name).toMatch(/^(statistics|metadata|errors)\/\w+\.json$/);
    expect(statisticsTableName(slug, 'weekly')).toMatch(/^\w+$/);
  });

  it('stays in its folder for any slug', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 90 }).filter(isSlug), (slug) => {
        for (const name of namesOf(slug)) {
          expect(name).toMatch(/^(statistics|metadata|errors)\/\w+\.json$/);
          expect(isObjectName(name)).toBe(true);
        }
      }),
    );
  });
});

describe('a payload', () => {
  it.each(JOB_KINDS.map((kind) => [kind.queue, kind] as const))(
    'of %s that is anything at all is taken or refused, and changes no other object',
    (_, { payload }) => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.json(),
            fc.jsonValue().map((value) => JSON.stringify(value)),
          ),
          (text) => {
            payload.safeParse(JSON.parse(text));
            payload.safeParse(JSON.parse(`{"version":1,"__proto__":{"polluted":true},"payload":${text}}`));
            expect(Reflect.has({}, 'polluted')).toBe(false);
          },
        ),
      );
    },
  );

  it('of an experiment with a name of a megabyte is refused', () => {
    const valid = {
      version: 1,
      experiment: 'my-slug',
      period: 'weekly',
      knownBy: 'api',
      sourceVersion: '1',
      seen: { generation: 'absent', metadata: {} },
      reason: 'new',
      force: false,
    };
    const isTaken = (experiment: string) => STATISTICS_JOB.payload.safeParse({ ...valid, experiment }).success;

    expect([isTaken('my-slug'), isTaken('x'.repeat(1_000_000)), isTaken('')]).toEqual([true, false, false]);
  });
});
