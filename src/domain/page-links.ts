/** Links to our pages, for alerts and for the pages themselves. Only pages that exist have a link. */

/** The published files of an experiment. */
export function filesLink(slug: string): string {
  return `/objects/?experiment=${encodeURIComponent(slug)}`;
}

/** What the console will show of an experiment, its files and runs. */
export function experimentLink(slug: string): string {
  return `/experiments/${encodeURIComponent(slug)}`;
}

/** The enrollments of a live experiment, with the numbers behind the rules. */
export function enrollmentsLink(slug: string): string {
  return `/enrollments/${encodeURIComponent(slug)}`;
}

/** The jobs of a queue. */
export function queueLink(queue: string): string {
  return `/queues/queue/${encodeURIComponent(queue)}`;
}

/** For subjects without a page. */
export function noLink(): null {
  return null;
}
