import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SOURCES = fileURLToPath(new URL('../../../src', import.meta.url));

it('makes HTML from text as it is in two files only', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

  const making = files.filter((name) => readFileSync(`${SOURCES}/${name}`, 'utf8').includes('new SafeHtml('));

  expect(files.length).toBeGreaterThan(500);
  expect(making.toSorted()).toEqual(['web/plots/render-plot.ts', 'web/views/html.ts']);
});
