import { describe, expect, it } from 'vitest';
import { readRecordLines } from '../../../../src/adapters/filesystem/record-lines.ts';

const BATCHES = ['a', 'b', 'c'].map((id) => ({ id, table: 'logs', rows: [{ message: `of ${id} \u{1f600}\n"{` }] }));
const TEXT = BATCHES.map((batch) => `${JSON.stringify(batch)}\n`).join('');

const idsOf = (text: string) => readRecordLines(text).batches.map(({ id }) => id);

describe('the lines of a spool file', () => {
  it('give every whole batch of a file that was cut, wherever it was cut', () => {
    const bytes = Buffer.from(TEXT);
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.subarray(0, length).toString('utf8');
      // The end of a line may be missing: what is left of it is a batch all the same.
      const whole = [1, 2, 3].filter((count) => {
        const end = BATCHES.slice(0, count).reduce(
          (sum, batch) => sum + Buffer.byteLength(JSON.stringify(batch)) + 1,
          -1,
        );
        return length >= end;
      }).length;

      const { batches, unreadable } = readRecordLines(cut);

      expect(batches.map(({ id }) => id)).toEqual(['a', 'b', 'c'].slice(0, whole));
      expect(unreadable.length).toBeLessThanOrEqual(1);
    }
  });

  it('give the batches around any garbage, and say where the garbage is', () => {
    const garbage = [
      '',
      'null',
      '{}',
      '[]',
      '\u0000',
      '{"id":1}',
      '{"id":"x","table":"../x","rows":[]}',
      '{"id":"x","ta',
    ];
    for (const line of garbage) {
      const text = `${JSON.stringify(BATCHES[0])}\n${line}\n${JSON.stringify(BATCHES[1])}\n`;

      const { unreadable } = readRecordLines(text);

      expect(idsOf(text)).toEqual(['a', 'b']);
      expect(unreadable).toEqual(line === '' ? [] : [{ line: 2, text: line }]);
    }
  });

  it('never fail on random bytes between batches', () => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 500; round++) {
      const noise = Buffer.from(Array.from({ length: Math.floor(random() * 80) }, () => Math.floor(random() * 256)));
      const text = Buffer.concat([Buffer.from(TEXT), noise, Buffer.from(`\n${TEXT}`)]).toString('utf8');

      expect(idsOf(text)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    }
  });
});
