/** Where the health page leads to. */
import { addressOf } from '../../parameters.ts';
import type { HealthFile } from './health-file.ts';

export interface NextStep {
  readonly text: string;
  readonly address: string;
}

export function experimentAddress(slug: string, anchor?: string): string {
  return `/experiments/${encodeURIComponent(slug.toWellFormed())}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** The pages that tell more about what became of a file, and where something can be done about it. */
export function nextSteps({ state, file, job }: HealthFile, isPaused: boolean): NextStep[] {
  const { experiment } = file;
  const runs = { text: 'Runs', address: addressOf('/runs', { q: experiment }) };
  switch (state) {
    case 'failed':
    case 'refused':
      return [
        { text: 'Errors', address: addressOf('/errors', { experiment }) },
        runs,
        { text: 'Export again', address: experimentAddress(experiment, 'files') },
      ];
    case 'stale':
    case 'never':
      return isPaused && job !== undefined
        ? [{ text: 'Resume the queue', address: `/queues/queue/${encodeURIComponent(job.queue)}` }, runs]
        : [runs, { text: 'Export now', address: experimentAddress(experiment, 'files') }];
    case 'missing':
    case 'gone':
    case 'rebuilding':
      return [{ text: 'Why there are no results', address: experimentAddress(experiment) }];
    case 'running':
    case 'fresh':
    case 'not due':
      return [{ text: 'Experiment', address: experimentAddress(experiment) }];
  }
}
