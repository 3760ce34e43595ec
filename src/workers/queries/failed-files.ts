/** Files of a query that cannot be published although others can. */
import { ContrailError, type ErrorCode } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';

const OF_ONE_FILE: readonly ErrorCode[] = ['QUERY_EMPTY', 'SLUG_CONFLICT', 'VALUE_INVALID', 'SLUG_INVALID'];

/** A file of one experiment that was not published. */
export interface FailedFile {
  readonly experiment: string;
  readonly failure: ContrailError;
}

/** Whether the reason lies in the content of one file, so that the files after it can be published. */
export function isOfOneFile({ code }: ContrailError): boolean {
  return OF_ONE_FILE.includes(code);
}

/** Whether there are no rows for a file that has some. */
export function isEmptyFile({ code }: ContrailError): boolean {
  return code === 'QUERY_EMPTY';
}

/** The error of a run in which some files failed. */
export function filesFailed(
  name: string,
  { failures, published }: { readonly failures: readonly FailedFile[]; readonly published: readonly unknown[] },
): ContrailError {
  // What keeps a run from ending well comes first.
  const errors = failures.map(({ failure }) => failure).sort((a, b) => Number(isEmptyFile(a)) - Number(isEmptyFile(b)));
  const [first] = errors;
  if (first === undefined) throw new ContrailError('INTERNAL', 'No file has failed.');
  if (failures.length === 1 && published.length === 0) return first;
  const all = failures.length + published.length;
  return new ContrailError(
    first.code,
    `${failures.length} of ${all} files of query ${quote(name)} were not published. ${first.message}`,
    {
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      evidence: errors.map(({ message }) => message).join('\n'),
      cause: first,
    },
  );
}
