/**
 * Labels of jobs, by BigQuery's rules: at most 63 characters of lower case letters, digits, `_` and `-`; a key begins
 * with a letter.
 *
 * @see https://cloud.google.com/bigquery/docs/labels-intro#requirements
 */
const LONGEST = 63;

/** Makes labels valid: other characters become `-`; a label whose key stays invalid is left out. */
export function jobLabels(labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  const entries = Object.entries(labels).map(([key, value]) => [labelText(key), labelText(value)] as const);
  return { application: 'contrail', ...Object.fromEntries(entries.filter(([key]) => /^[a-z]/.test(key))) };
}

function labelText(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, LONGEST);
}
