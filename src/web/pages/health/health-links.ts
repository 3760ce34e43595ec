/** Where the health page leads to. Only pages that exist have a link. */
import { filesLink, queueLink } from '../../../domain/page-links.ts';
import { addressOf } from '../../parameters.ts';
import type { HealthFile } from './health-file.ts';

/** Whether there is a page, by its route: `/experiments/:slug`. */
export type HasPage = (route: string) => boolean;

export interface NextStep {
  readonly text: string;
  readonly address: string;
}

const EXPERIMENT = '/experiments/:slug';

/** The page of an experiment; where there is none, the list of its files. */
export function experimentAddress(slug: string, hasPage: HasPage, anchor = ''): string {
  const name = slug.toWellFormed();
  return hasPage(EXPERIMENT) ? `/experiments/${encodeURIComponent(name)}${anchor}` : filesLink(name);
}

/** The pages that tell more about what became of a file, and where something can be done about it. */
export function nextSteps({ state, file, job }: HealthFile, isPaused: boolean, hasPage: HasPage): NextStep[] {
  const { experiment } = file;
  const page = (text: string, anchor = '') =>
    hasPage(EXPERIMENT) ? [{ text, address: experimentAddress(experiment, hasPage, anchor) }] : [];
  const list = (text: string, path: string, parameters: Readonly<Record<string, string>>) =>
    hasPage(path) ? [{ text, address: addressOf(path, parameters) }] : [];
  const runs = list('Runs', '/runs', { q: experiment });
  switch (state) {
    case 'failed':
    case 'refused':
      return [...list('Errors', '/errors', { experiment }), ...runs, ...page('Export again', '#files')];
    case 'stale':
    case 'never':
      return isPaused && job !== undefined
        ? [{ text: 'Resume the queue', address: queueLink(job.queue) }, ...runs]
        : [...runs, ...page('Export now', '#files')];
    case 'missing':
    case 'gone':
    case 'rebuilding':
      return page('Why there are no results');
    case 'running':
    case 'fresh':
    case 'not due':
      return page('Experiment');
  }
}
