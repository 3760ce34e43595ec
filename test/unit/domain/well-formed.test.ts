import { expect, it } from 'vitest';
import { wellFormed, wellFormedRow } from '../../../src/domain/well-formed.ts';

it('replaces halves of characters wherever they are, and nothing else', () => {
  const row = { 'key\ud800': 'a\ud800b', list: ['\udc00', 1, null, { deep: '\ud83d\ude00 \ud83d' }], truth: true };

  const mended = wellFormedRow(row);

  expect(mended).toEqual({
    'key\ufffd': 'a\ufffdb',
    list: ['\ufffd', 1, null, { deep: '\ud83d\ude00 \ufffd' }],
    truth: true,
  });
  expect(wellFormed(null)).toBeNull();
});
