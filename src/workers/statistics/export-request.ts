/** The inputs of a statistics export, and the request to publish its file. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { FoundRecord } from '../../domain/console-premises.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import type { Claim } from '../../domain/file-claim.ts';
import type { Warning } from '../../domain/outcome.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import { statisticsObjectName } from '../../domain/statistics-name.ts';
import type { StatisticsSource } from '../../ports/statistics-source.ts';
import type { BodyFacts } from '../publish/content.ts';
import type { Publication, PublishDependencies } from '../publish/publish.ts';
import type { SeenObject } from '../publish/seen-object.ts';
import { hangsOnRecord } from './acceptance/plan-drops.ts';
import { fileMetadata } from './file-metadata.ts';
import { judgeRows, refusalOf } from './judge-rows.ts';
import type { WrittenFile } from './write-file.ts';

export interface ExportDependencies extends PublishDependencies {
  readonly source: StatisticsSource;
  /** How long nothing must have moved before windows that a file had count as lost, milliseconds. */
  readonly settleMs: number;
  /** Largest share of rejected rows, 0 to 1, with which a file is published. */
  readonly refusedShareLimit: number;
  /** Most rows of a window that are searched for repeated keys, if the source does not sort by key. */
  readonly duplicateLimit: number;
  /** The version of the console that the files are for. */
  readonly rules: ConsoleRules;
}

/** `knownBy`: where the slug is from; a slug that was only read from a table's name may not own the file. */
export interface ExportRequest extends Claim {
  readonly period: AnalysisPeriod;
  /** The record of the experiments API; undefined if it has none. */
  readonly record: FoundRecord;
  /** The record or earlier files have changed since the file was made, so it is exported even if its version is current. */
  readonly hasNewPremises?: boolean;
  /** Windows of the published file are lost for good: it is replaced even if its version is not older. */
  readonly isSettled?: boolean;
  /** Write the file even if it is current, or if it then has fewer windows. */
  readonly force: boolean;
  /** Table and object at planning, to save requests; if the object has changed, they are looked up again. */
  readonly seen?: { readonly sourceVersion: SourceVersion; readonly object: SeenObject | undefined };
  /** For the object's metadata: the job's id. */
  readonly job: string;
  readonly signal: AbortSignal;
  /** Reports now and then how many rows are done. */
  readonly onProgress?: (rows: number, ofRows: number) => void;
}

/** Everything about publishing the file except how it is made. */
export function publicationOf(request: ExportRequest): Omit<Publication, 'open' | 'seen'> {
  const { experiment, period, knownBy, job, force, hasNewPremises = false, isSettled = false, seen, signal } = request;
  return {
    name: statisticsObjectName(experiment, period),
    claim: { experiment, knownBy },
    job,
    force,
    hasNewPremises,
    replaces: isSettled ? seen?.object?.generation : undefined,
    logged: { analysisPeriod: period, at: { file: 'export-table.ts', function: 'exportTable' } },
    signal,
  };
}

/** The facts of a file that may be published; throws ROWS_REFUSED for any other. */
export function factsOfFile(
  { rules, refusedShareLimit }: Pick<ExportDependencies, 'rules' | 'refusedShareLimit'>,
  request: ExportRequest,
  file: Omit<WrittenFile, 'sha256'>,
  lossWarnings: readonly Warning[],
): BodyFacts {
  const judged = { ...file, hangsOnRecord: hangsOnRecord(rules, file.outline, request) };
  const warnings = [...judgeRows(judged, request, refusedShareLimit), ...lossWarnings];
  const refusal = refusalOf(file.check);
  const { rejected, dropped, duplicates } = file.check;
  return {
    rows: file.rows,
    rejected,
    dropped,
    duplicates,
    bytes: file.bytes,
    warnings,
    leftOut: refusal === undefined ? [] : [refusal],
    metadata: fileMetadata(file, request),
  };
}
