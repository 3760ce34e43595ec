import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONTRAIL_VERSION } from '../../../src/domain/version.ts';

it('the version that objects carry is that of the package', () => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');

  expect(CONTRAIL_VERSION).toBe((JSON.parse(text) as { version: string }).version);
});
