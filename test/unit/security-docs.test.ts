/** docs/security-asvs.md takes a stand on every requirement once. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const Fixture = z.object({ last: z.record(z.string(), z.number()) });
const STATES = ['met', 'not yet', 'not applicable', 'deployment'];
/** What we add of level 3. */
const LEVEL_3 = ['3.4.7', '3.4.8', '3.5.8', '13.4.6'];

function rows() {
  return [...read('docs/security-asvs.md').matchAll(/^\| (\d[^|]*)\|[^|]*\|([^|]*)\|([^|]*)\|$/gm)].map(
    ([, ids = '', state = '', reason = '']) => ({ ids: ids.trim(), state: state.trim(), reason: reason.trim() }),
  );
}

/** `1.2.6–8` → 1.2.6, 1.2.7, 1.2.8. */
function idsOf(text: string): string[] {
  return text.split(', ').flatMap((run) => {
    const [, section = '', first = '0', last = first] = /^(\d+\.\d+)\.(\d+)(?:–(\d+))?$/.exec(run) ?? [];
    return Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, index) => `${section}.${Number(first) + index}`,
    );
  });
}

it('names each requirement of levels 1 and 2 exactly once', () => {
  const { last } = Fixture.parse(JSON.parse(read('test/fixtures/asvs/level-2.json')));
  const wanted = Object.entries(last).flatMap(([section, count]) => idsOf(`${section}.1–${count}`));

  const named = rows().flatMap(({ ids }) => idsOf(ids));

  expect(wanted).toHaveLength(253);
  expect(named.toSorted()).toEqual([...wanted, ...LEVEL_3].toSorted());
});

it('has a state and a reason for each', () => {
  for (const { ids, state, reason } of rows()) {
    expect(STATES, ids).toContain(state);
    expect(reason, ids).not.toBe('');
  }
});
