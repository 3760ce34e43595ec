/** The runbook of docs/operations.md has steps for every alert. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALERT_RULES, CHECK_FAILED } from '../../src/alerts/rules.ts';

const text = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const sections = new Map(
  text
    .split(/^#### /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0] ?? '', section.split(/^#/m, 1)[0] ?? '']),
);

describe('docs/operations.md', () => {
  it.each([...ALERT_RULES.map((rule) => rule.id), CHECK_FAILED.id])('says what to do about %s', (id) => {
    expect(sections.get(id)?.length ?? 0).toBeGreaterThan(40);
  });

  it('has no steps for alerts that there are not', () => {
    const known = new Set([...ALERT_RULES.map((rule) => rule.id), CHECK_FAILED.id]);

    expect([...sections.keys()].filter((id) => !known.has(id))).toEqual([]);
  });
});
