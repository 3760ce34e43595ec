import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../../../src/domain/experiment.ts';
import { enrollmentView } from '../../../../../src/web/pages/experiment/enrollment.ts';
import { type NoteFacts, notesOf } from '../../../../../src/web/pages/experiment/notes.ts';
import type { FileCondition, FileLine, PublishedObject } from '../../../../../src/web/pages/experiment/source.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const HOUR = 3_600_000;
const NONE_LEFT_OUT = { rejected: 0, dropped: 0, duplicates: 0 };
const LIVE: Experiment = {
  slug: 'my-slug',
  appName: 'firefox_desktop',
  startDate: '2026-01-01',
  endDate: null,
  enrollmentEndDate: null,
};
const NOTHING: NoteFacts = {
  experiment: { ...LIVE, endDate: '2026-01-10' },
  files: [],
  overrides: [],
  enrollment: undefined,
  errors: undefined,
  lackExposures: [],
  now: NOW,
};

function published(part: Partial<PublishedObject> = {}): PublishedObject {
  return {
    url: 'file:/x',
    version: '1',
    rows: 882,
    leftOut: NONE_LEFT_OUT,
    bytes: 1,
    sha256: undefined,
    at: NOW,
    windows: '1-3',
    ...part,
  };
}

function file(state: Partial<FileCondition> | undefined, object?: PublishedObject): FileLine {
  const condition = state === undefined ? undefined : { state: 'fresh' as const, needsYou: false, ...state };
  return {
    file: { product: 'statistics', experiment: 'my-slug', period: 'weekly' },
    object: 'statistics/statistics_my_slug_weekly.json',
    published: object,
    state: condition,
  };
}

function counts(...clients: readonly number[]) {
  const branches = new Map(clients.map((enrollments, index) => [`b${index}`, { enrollments, unenrollments: 0 }]));
  const totalEnrollments = clients.reduce((sum, one) => sum + one, 0);
  return { totalEnrollments, totalUnenrollments: 0, branches, reasonsByBranch: new Map() };
}
const RATIOS = [
  { slug: 'b0', ratio: 1 },
  { slug: 'b1', ratio: 1 },
];

it('there are none if all is well', () => {
  const enrollment = enrollmentView(counts(1000, 1010), RATIOS);

  const notes = notesOf({ ...NOTHING, files: [file({}, published())], enrollment });

  expect(notes).toEqual([]);
});

it('come in the order of the specification', () => {
  const notes = notesOf({
    experiment: LIVE,
    files: [file({ state: 'stale', since: NOW - 7 * HOUR }, published({ leftOut: { ...NONE_LEFT_OUT, rejected: 3 } }))],
    overrides: [{ what: 'the reference branch', recorded: 'control', used: 'other' }],
    enrollment: enrollmentView(counts(1000, 2000), RATIOS),
    errors: { groups: [], count: 2, older: 0 },
    lackExposures: ['b1'],
    now: NOW,
  });

  const kinds = ['file', 'sample ratio', 'override', 'exposures', 'left out', 'errors', 'running'];
  expect(notes.map(({ kind }) => kind)).toEqual(kinds);
});

describe('a note', () => {
  it.each([
    [file({ state: 'stale', since: NOW - 7 * HOUR }), 'weekly is older than its source, which changed 7 h ago.'],
    [
      file({ state: 'gone', detail: 'deleted 3 h ago, file of 8 Jan 2026 stays' }),
      'The tables of weekly are gone: deleted 3 h ago, file of 8 Jan 2026 stays.',
    ],
    [
      file({ state: 'rebuilding', detail: 'weeks 1, 2, 4 of 6' }),
      'A rerun is bringing back the tables of weekly: weeks 1, 2, 4 of 6.',
    ],
    [
      file({ state: 'failed', detail: 'The disk is full' }, published()),
      'weekly could not be published: The disk is full. The file that was published before stays.',
    ],
    [file({ state: 'failed', detail: 'my-slug weekly not published: bad rows.' }), 'weekly not published: bad rows.'],
  ])('tells what is wrong with a file', (line, sentence) => {
    expect(notesOf({ ...NOTHING, files: [line] })).toMatchObject([{ sentence, section: 'files' }]);
  });

  it('names the branch that is farthest from its share', () => {
    const [note] = notesOf({ ...NOTHING, enrollment: enrollmentView(counts(1000, 2000), RATIOS) });

    expect(note?.sentence).toBe('Sample ratio mismatch: b0 has 33.3% of the clients instead of 50.0% (p < 0.001).');
  });

  it('counts the rows that are left out, by reason', () => {
    const line = file({}, published({ leftOut: { rejected: 1, dropped: 0, duplicates: 2 } }));

    expect(notesOf({ ...NOTHING, files: [line] })[0]?.sentence).toBe(
      '3 rows are left out of weekly: 1 that Experimenter would reject, 2 that came twice.',
    );
  });

  it.each(['running', 'fresh', 'not due', 'queued'] as const)('is not made of a file that is %s', (state) => {
    expect(notesOf({ ...NOTHING, files: [file({ state })] })).toEqual([]);
  });
});
