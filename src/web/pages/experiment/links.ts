/** Addresses that the page of an experiment links to. */
import { addressOf } from '../../parameters.ts';

/** The page of an experiment; the slug may have any characters. */
export function experimentPath(slug: string): string {
  return `/experiments/${encodeURIComponent(slug)}`;
}

export function exportPath(slug: string, file?: string): string {
  return addressOf(`${experimentPath(slug)}/export`, { file });
}

export function errorsPath(slug: string, metric?: string): string {
  return addressOf('/errors', { experiment: slug, metric });
}

export function runsPath(slug: string): string {
  return addressOf('/runs', { q: slug });
}

export function runPath(jobId: string): string {
  return `/runs/${encodeURIComponent(jobId)}`;
}

/** A published object; other programs may have put any character into its name. */
export function objectPath(name: string): string {
  return `/objects/${name.split('/').map(encodeURIComponent).join('/')}`;
}
