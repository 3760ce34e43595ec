/** When the analysis began: as it is told, or derived from the tables it wrote (spec: metadata, section 1; design, section 7). */
import { startOfNewestRun, windowTableOwners } from '../../domain/analysis-run.ts';
import { ContrailError } from '../../domain/errors.ts';
import { normaliseSlug, quote } from '../../domain/slug.ts';
import { timeOfVersion } from '../../domain/source-version.ts';
import type { StatisticsSource } from '../../ports/statistics-source.ts';

export type TableSource = Pick<StatisticsSource, 'listTables' | 'describeTables'>;

const TIME =
  /^(?<seconds>\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A time in the form of the file: UTC, a blank between date and time, six digits of a second unless they are zero.
 * Takes ISO texts, without a zone as UTC; anything else is a USAGE error.
 */
export function parseAnalysisStart(iso: string): string {
  const groups = TIME.exec(iso)?.groups;
  const { seconds = '', fraction = '', zone = 'Z' } = groups ?? {};
  const time = Date.parse(`${seconds.replace(' ', 'T')}${zone.replace(/^(.\d{2})(\d{2})$/, '$1:$2')}`);
  if (groups === undefined || Number.isNaN(time)) {
    throw new ContrailError('USAGE', `${quote(iso)} is not a time.`, {
      hint: 'A time is written like 2026-08-21T04:12:09.482113Z.',
    });
  }
  return formatTime(time, fraction.padEnd(6, '0').slice(0, 6));
}

/** The form of the file for milliseconds since 1970. */
export function formatAnalysisStart(epochMs: number): string {
  const milliseconds = ((epochMs % 1000) + 1000) % 1000;
  return formatTime(epochMs, `${String(milliseconds).padStart(3, '0')}000`);
}

function formatTime(epochMs: number, micros: string): string {
  const seconds = new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}${/^0+$/.test(micros) ? '' : `.${micros}`}+00:00`;
}

export interface RunOfTables {
  readonly source: TableSource;
  readonly experiment: string;
  /** How long before its first table an analysis begins. */
  readonly leadMs: number;
  readonly signal: AbortSignal;
}

/**
 * Begin of the newest run, in milliseconds since 1970: the run wrote the per-window tables changed within 12 hours before
 * the newest change. Undefined without such tables, and where the warehouse keeps no times.
 */
export async function newestRunStart({ source, experiment, leadMs, signal }: RunOfTables): Promise<number | undefined> {
  const slug = normaliseSlug(experiment);
  const tables = (await source.listTables(signal)).filter((name) => windowTableOwners(name).includes(slug));
  const [first, ...others] = tables;
  if (first === undefined) return undefined;
  const firstChange = await changesOf(source, [first], signal);
  // Where one table's version is no time, none is: their contents need not be hashed.
  if (firstChange === undefined) return undefined;
  const changes = [...firstChange, ...((await changesOf(source, others, signal)) ?? [])];
  return startOfNewestRun(changes, leadMs);
}

/** When the experiment was first analysed, as far as its enrollments table tells (milliseconds since 1970). */
export async function enrollmentsTime(
  source: TableSource,
  experiment: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const changes = await changesOf(source, [`enrollments_${normaliseSlug(experiment)}`], signal);
  return changes?.[0];
}

/** Times of the last changes of these tables; missing ones are left out. Undefined where versions are no times. */
async function changesOf(
  source: TableSource,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number[] | undefined> {
  if (names.length === 0) return [];
  const { tables } = await source.describeTables(names, signal);
  if (tables.some((table) => timeOfVersion(table.version) === undefined)) return undefined;
  return tables.map((table) => Date.parse(table.version));
}
