import { describe, expect, it } from 'vitest';
import { progressText } from '../../../src/cli/progress-bar.ts';

describe('the text of a progress bar', () => {
  it('tells share, counts and the time left once that can be guessed', () => {
    const text = progressText({ label: 'exports', done: 370, of: 1_000, elapsedMs: 10_000 }, 79);

    expect(text).toBe(`exports ${'█'.repeat(14)}${'░'.repeat(25)} 37 % 370/1,000, 17 s left, 37/s`);
  });

  it('goes by what was done since it began, and shows its note where there is room', () => {
    const progress = { label: 'exports', done: 900, doneBefore: 880, of: 1_000, elapsedMs: 10_000, note: '0.42 USD' };

    const texts = [99, 45].map((width) => progressText(progress, width));

    expect(texts[0]).toMatch(/ 90 % 900\/1,000, 50 s left, 2\.0\/s, 0\.42 USD$/);
    expect(texts[1]).toMatch(/ 90 % 900\/1,000, 50 s left$/);
  });

  it('guesses nothing before the first job has ended, nor when all have', () => {
    const texts = [0, 3].map((done) => progressText({ label: 'exports', done, of: 3, elapsedMs: 5_000 }, 79));

    for (const text of texts) expect(text).not.toMatch(/left|NF|Infinity|NaN/);
  });

  it.each([200, 79, 39, 20, 9, 1])('fits into %i columns', (width) => {
    const label = 'a-rather-long-experiment weekly';
    const texts = [0, 1, 99_999, 100_000].map((done) =>
      progressText({ label, done, of: 100_000, elapsedMs: 3_600_000 }, width),
    );

    for (const text of texts) expect(text.length).toBeLessThanOrEqual(width);
  });

  it('keeps label, bar and counts at 40 columns', () => {
    expect(progressText({ label: 'exports', done: 5, of: 10, elapsedMs: 5_000 }, 39)).toMatch(
      /^exports █+░+ 50 % 5\/10/,
    );
  });

  it('takes nothing to do for none of it', () => {
    expect(progressText({ label: 'exports', done: 0, of: 0, elapsedMs: 0 }, 79)).toContain('0 % 0/0');
  });
});
