/** What is wrong with a record, as one line. */
import type { z } from 'zod';

export function problemsOf(error: z.ZodError): string {
  const problems = error.issues.map((issue) => {
    const path = issue.path.join('.');
    return path === '' ? 'it is not a JSON object' : `${path}: ${issue.message.replace(/\.$/, '')}`;
  });
  return problems.join('; ');
}
