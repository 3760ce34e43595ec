/** Problems of a record, and its slug. */
import { z } from 'zod';

/** All problems as one line. */
export function problemsOf(error: z.ZodError): string {
  const problems = error.issues.map((issue) => {
    const path = issue.path.join('.');
    return path === '' ? 'it is not a JSON object' : `${path}: ${issue.message.replace(/\.$/, '')}`;
  });
  return problems.join('; ');
}

/** The slug of an unreadable record, if it is Unicode; log rows cannot hold other text. */
export function slugOfMalformed(record: unknown): string | undefined {
  const slug = z.object({ slug: z.string() }).safeParse(record).data?.slug;
  return slug?.isWellFormed() ? slug : undefined;
}
