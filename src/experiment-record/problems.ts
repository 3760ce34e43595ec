/** What is wrong with a record, and whose it is. */
import { z } from 'zod';

/** All of it, as one line. */
export function problemsOf(error: z.ZodError): string {
  const problems = error.issues.map((issue) => {
    const path = issue.path.join('.');
    return path === '' ? 'it is not a JSON object' : `${path}: ${issue.message.replace(/\.$/, '')}`;
  });
  return problems.join('; ');
}

/** The slug of a record that cannot be read. Text that is not Unicode could be written to no log row. */
export function slugOfMalformed(record: unknown): string | undefined {
  const slug = z.object({ slug: z.string() }).safeParse(record).data?.slug;
  return slug?.isWellFormed() ? slug : undefined;
}
