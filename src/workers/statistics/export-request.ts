/** What an export of statistics is given, and how it is told to publishing. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { FoundRecord } from '../../domain/console-premises.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import type { Claim } from '../../domain/file-claim.ts';
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
  /** Share of rows, 0 to 1, above which refused rows stop the publication. */
  readonly refusedShareLimit: number;
  /** Rows of one window up to which duplicates are looked for, where the source does not sort by key. */
  readonly duplicateLimit: number;
  /** The version of the console that must take the files. */
  readonly rules: ConsoleRules;
}

/** `knownBy` tells whether the slug may be claimed as the owner of the file: not where it was only read off a table's name. */
export interface ExportRequest extends Claim {
  readonly period: AnalysisPeriod;
  /** What the experiments API tells; undefined where it knows no such experiment. */
  readonly record: FoundRecord;
  /** The file was made on premises that no longer hold, so a current version does not settle it. */
  readonly hasNewPremises?: boolean;
  /** Write the file also if it is current. */
  readonly force: boolean;
  /** Table and object as planning saw them, which spares a look at each; the look is taken when the object has changed. */
  readonly seen?: { readonly sourceVersion: SourceVersion; readonly object: SeenObject | undefined };
  /** For the object's metadata: a job's id, which no other export has. */
  readonly job: string;
  readonly signal: AbortSignal;
  /** Told now and then how many of the rows are done. */
  readonly onProgress?: (rows: number, ofRows: number) => void;
}

/** Everything about the publication of the file but how it is made. */
export function publicationOf(request: ExportRequest): Omit<Publication, 'open' | 'seen'> {
  const { experiment, period, knownBy, job, force, hasNewPremises = false, signal } = request;
  return {
    name: statisticsObjectName(experiment, period),
    claim: { experiment, knownBy },
    job,
    force,
    hasNewPremises,
    logged: { analysisPeriod: period, at: { file: 'export-table.ts', function: 'exportTable' } },
    signal,
  };
}

/** The facts of a file whose rows may be published; throws ROWS_REFUSED for any other. */
export function factsOfFile(
  { rules, refusedShareLimit }: Pick<ExportDependencies, 'rules' | 'refusedShareLimit'>,
  request: ExportRequest,
  file: Omit<WrittenFile, 'sha256'>,
): BodyFacts {
  const judged = { ...file, hangsOnRecord: hangsOnRecord(rules, file.outline, request) };
  const warnings = judgeRows(judged, request, refusedShareLimit);
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
