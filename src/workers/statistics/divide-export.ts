/** Divides a very large table into parts for several workers (spec: statistics, section 6). */
import { statisticsTableName } from '../../domain/statistics-name.ts';
import type { ComposingStore } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { DivisibleSource } from '../../ports/statistics-source.ts';
import type { Content } from '../publish/content.ts';
import { dividedOutcome } from './division.ts';
import type { ExportDependencies, ExportRequest } from './export-request.ts';

export interface DividedDependencies extends ExportDependencies {
  readonly source: DivisibleSource;
  readonly store: ComposingStore;
  readonly random: Random;
}

/** The parts of the export; undefined if the table is small enough to be exported as a whole. */
export async function openDivided(
  { source, clock, random }: DividedDependencies,
  request: ExportRequest,
): Promise<Content | undefined> {
  const { experiment, period, signal } = request;
  const startedAt = clock.now();
  const table = await source.divide({
    table: statisticsTableName(experiment, period),
    labels: { product: 'statistics', experiment, period },
    signal,
  });
  if (table === undefined) return undefined;
  const { version, rowCount } = table;
  const outcome = dividedOutcome(random, request, {
    source: table.source,
    version,
    rowCount,
    usage: table.usage(),
    startedAt,
    wanted: table.parts.map(({ token }) => ({ token })),
  });
  return { kind: 'content', source: table.source, sourceVersion: version, body: { kind: 'later', outcome } };
}
