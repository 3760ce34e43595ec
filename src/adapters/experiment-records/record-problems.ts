/** What is wrong with a record. */
import type { z } from 'zod';

/** What is wrong with a text that holds half of a surrogate pair. */
export const NOT_UNICODE = 'must be valid Unicode';

/** All of it, as one line. */
export function problemsOf(error: z.ZodError): string {
  const problems = error.issues.map((issue) => {
    const path = issue.path.join('.');
    return path === '' ? 'it is not a JSON object' : `${path}: ${issue.message.replace(/\.$/, '')}`;
  });
  return problems.join('; ');
}
