/** How a run of a query ended, as a whole and file by file. */
import type { LogEvent } from '../../domain/log-record.ts';
import type { JobOutcome, PublishedFacts, ReadingUsage } from '../../domain/outcome.ts';
import { versionOfTime } from '../../domain/source-version.ts';
import type { KeptFiles } from './kept-files.ts';
import type { RunningQuery } from './running-query.ts';

export interface QueryRun {
  /** Of the run as a whole, for its record. */
  readonly outcome: JobOutcome;
  /** Of each object, `latest` included. */
  readonly files: readonly JobOutcome[];
  readonly events: readonly LogEvent[];
  readonly usage: ReadingUsage;
}

interface RunFacts {
  readonly kept: KeptFiles;
  readonly usage: ReadingUsage;
  readonly durationMs: number;
  readonly locate: (name: string) => string;
}

export function outcomeOfQuery(running: RunningQuery, facts: RunFacts): QueryRun {
  const ends = running.published.flatMap(({ file, latest }) => (latest === undefined ? [file] : [file, latest]));
  const files = ends.map(({ outcome }) => outcome);
  return {
    outcome: wholeOutcome(running, files, facts),
    files: [...files, ...facts.kept.outcomes],
    events: [...ends.flatMap(({ events }) => events), ...facts.kept.events],
    usage: facts.usage,
  };
}

function wholeOutcome(running: RunningQuery, files: readonly JobOutcome[], facts: RunFacts): JobOutcome {
  const { definition, tick } = running.request;
  const inPlace = files.filter((file) => file.kind === 'published' || file.kind === 'unchanged');
  const published = inPlace.filter(({ kind }) => kind === 'published');
  const place = { object: definition.object, location: facts.locate(definition.object) };
  if (inPlace.length === 0) {
    const superseded = files.find(({ kind }) => kind === 'superseded');
    if (superseded !== undefined) return superseded;
    if (files.length > 0) return { kind: 'skipped', reason: 'the files are current', ...place };
  }
  const rows = rowsOf(running);
  const counted = published.length > 0 ? published : inPlace;
  const generation = published.length === 1 ? published[0]?.generation : undefined;
  return {
    kind: published.length > 0 ? 'published' : 'unchanged',
    ...place,
    source: `query:${definition.name}`,
    sourceVersion: versionOfTime(tick),
    rows,
    sourceRows: rows + running.skippedRows,
    rejected: 0,
    dropped: 0,
    duplicates: 0,
    bytes: counted.reduce((sum: number, { bytes }: PublishedFacts) => sum + bytes, 0),
    warnings: [...inPlace.flatMap(({ warnings }) => warnings), ...facts.kept.warnings],
    durationMs: facts.durationMs,
    usage: facts.usage,
    ...(generation === undefined ? {} : { generation }),
  };
}

/** The copies in `latest` have the same rows. */
function rowsOf({ published }: RunningQuery): number {
  return published.reduce((sum, { file: { outcome } }) => {
    return outcome.kind === 'published' || outcome.kind === 'unchanged' ? sum + outcome.rows : sum;
  }, 0);
}
