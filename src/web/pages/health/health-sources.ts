/** What a snapshot was read from, and what of it did not answer. */
import type { SourceState } from '../../frame/blocks.ts';
import type { Part } from '../../part.ts';
import type { HealthSnapshot } from './health-source.ts';

export function sourcesOf({ files, queues, alerts, records }: HealthSnapshot): SourceState[] {
  return [
    sourceState('states of files', files),
    sourceState('queues', queues),
    sourceState('alerts', alerts),
    sourceState('monitoring tables', records),
  ];
}

function sourceState(name: string, part: Part<unknown>): SourceState {
  if (part.kind === 'unread') return { name, problem: part.problem };
  return { name, asOf: part.at, ...(part.trouble === undefined ? {} : { problem: part.trouble }) };
}
