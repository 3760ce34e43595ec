/** The golden files of the monitoring tables, as `test/fixtures/monitoring/README.md` tells. */
import { readFileSync } from 'node:fs';

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what the file holds; it is ours
export function monitoringFixture<T>(name: string): T {
  const url = new URL(`../fixtures/monitoring/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

/** Whether a number is the golden one to 1e-9 relative, or both are null. */
export function isCloseTo(value: number | null, golden: number | null): boolean {
  if (value === null || golden === null) return value === golden;
  return Math.abs(value - golden) <= 1e-9 * Math.abs(golden);
}
