/** Paths of our pages, for alerts and for the pages themselves. What has no page links to none: a link must lead somewhere. */

/** The published files of an experiment. */
export function filesLink(slug: string): string {
  return `/objects/?experiment=${encodeURIComponent(slug)}`;
}

/** The jobs of a queue. */
export function queueLink(queue: string): string {
  return `/queues/queue/${encodeURIComponent(queue)}`;
}

/** For what no page shows yet. */
export function noLink(): null {
  return null;
}
