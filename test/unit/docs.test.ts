import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config/settings.ts';
import { ERROR_CATALOGUE } from '../../src/domain/errors.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it('tells every code under its class, and no other', () => {
    const documented: string[] = [];
    let heading = '';
    for (const line of read('docs/errors.md').split('\n')) {
      heading = /^## (\w+)/.exec(line)?.[1] ?? heading;
      const code = /^\| `([A-Z_]+)`/.exec(line)?.[1];
      if (code !== undefined) documented.push(`${heading} ${code}`);
    }

    const codes = Object.entries(ERROR_CATALOGUE).map(([code, entry]) => `${entry.class} ${code}`);
    expect(documented.sort()).toEqual(codes.sort());
  });
});

describe('docs/configuration.md and .env.example', () => {
  it.each(['docs/configuration.md', '.env.example'])('%s tells every setting, and no other', (path) => {
    const text = read(path);
    const mentioned = new Set(text.match(/\b[A-Z]+(?:_[A-Z0-9]+)+\b/g));

    const variables: string[] = Object.values(SETTINGS).map((setting) => setting.variable);
    expect(variables.filter((variable) => !mentioned.has(variable))).toEqual([]);
    expect([...mentioned].filter((name) => name.startsWith('CONTRAIL_') && !variables.includes(name))).toEqual([]);
  });
});
