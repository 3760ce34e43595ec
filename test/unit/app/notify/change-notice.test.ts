import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readChangeNotice } from '../../../../src/app/notify/change-notice.ts';
import { changeRecord } from '../../../support/change-record.ts';

const WATCHED = { project: 'replay-project', dataset: 'mozanalysis' };
const TABLE = 'statistics_my_slug_week_1';

function read(content: string | Uint8Array, watched: { project?: string; dataset: string } = WATCHED) {
  return readChangeNotice(typeof content === 'string' ? new TextEncoder().encode(content) : content, watched);
}

it.each([[TABLE], ['statistics_my_slug_weekly'], [`${TABLE}$20260115`], [`${TABLE}$__UNPARTITIONED__`]])(
  'names the table that has changed: %s',
  (name) => {
    expect(read(changeRecord(name))).toEqual({ kind: 'table', table: name.split('$')[0] });
  },
);

it.each([
  ['another dataset', changeRecord(TABLE, { dataset: 'telemetry' })],
  ['another project', changeRecord(TABLE, { project: 'other' })],
  ['a table that makes no file', changeRecord('enrollments_my_slug')],
  ['no change of rows', changeRecord(TABLE).replace('tableDataChange', 'tableDataRead')],
  ['a dataset', changeRecord(TABLE).replace(/\/tables\/[^"]+/, '')],
  ['a name with a slash', changeRecord(`../${TABLE}`)],
])('ignores a record about %s', (_, content) => {
  expect(read(content)).toEqual({ kind: 'other' });
});

it('takes any project where the warehouse has none', () => {
  expect(read(changeRecord(TABLE, { project: 'other' }), { dataset: 'mozanalysis' })).toMatchObject({ kind: 'table' });
});

it.each<[string, string | Uint8Array]>([
  ['nothing', ''],
  ['no JSON', 'statistics_my_slug_weekly has changed'],
  ['JSON of another shape', '{"protoPayload":{"resourceName":7}}'],
  ['null', 'null'],
  ['bytes that are no UTF-8', Uint8Array.from([0xff, 0xfe, 0x00])],
  ['half a record', changeRecord(TABLE).slice(0, -20)],
  ['a record of a megabyte', changeRecord(TABLE).replace('"x"', `"${'x'.repeat(1_000_000)}"`)],
  ['a thousand brackets', '['.repeat(100_000)],
])('tells of a message that cannot be read: %s', (_, content) => {
  expect(read(content)).toEqual({ kind: 'bad' });
});

it('never fails, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      (content) => {
        expect(['bad', 'other']).toContain(read(content).kind);
      },
    ),
  );
});
