/** Files of a query that cannot be published although others can. */
import { ContrailError, type ErrorCode } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';

const OF_ONE_FILE: readonly ErrorCode[] = ['QUERY_EMPTY', 'SLUG_CONFLICT', 'VALUE_INVALID', 'SLUG_INVALID'];

/** Whether the reason lies in the content of one file, so that the files after it can be published. */
export function isOfOneFile({ code }: ContrailError): boolean {
  return OF_ONE_FILE.includes(code);
}

/** The error of a run in which some files failed. */
export function filesFailed(
  name: string,
  { failures, published }: { readonly failures: readonly ContrailError[]; readonly published: readonly unknown[] },
): ContrailError {
  const [first] = failures;
  if (first === undefined) throw new ContrailError('INTERNAL', 'No file has failed.');
  if (failures.length === 1 && published.length === 0) return first;
  const all = failures.length + published.length;
  return new ContrailError(
    first.code,
    `${failures.length} of ${all} files of query ${quote(name)} were not published. ${first.message}`,
    {
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      evidence: failures.map(({ message }) => message).join('\n'),
      cause: first,
    },
  );
}
