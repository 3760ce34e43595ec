/** A DuckDB file of its own for a test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { DuckDbFile } from '../../src/adapters/duckdb/database.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function temporaryDuckDb(options: { waitMs?: number; path?: string } = {}): DuckDbFile {
  return new DuckDbFile({
    path: options.path ?? join(temporaryFolder(), 'test.duckdb'),
    memoryLimit: '256MB',
    threads: 2,
    waitMs: options.waitMs ?? 5_000,
    createIfMissing: true,
    keepOpen: false,
    clock: systemClock,
  });
}

/** Rows of a query as objects of JSON values. */
export async function queryRows(file: DuckDbFile, query: string): Promise<Record<string, unknown>[]> {
  return file.use('read', async (connection) => {
    const reader = await connection.runAndReadAll(query);
    return reader.getRowObjectsJson();
  });
}
