/**
 * Parameters of queries as the REST API takes them.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter
 */
import { isArrayParameter, type QueryParameter } from '../../domain/query-export/query-parameter.ts';

/** By name, without `@`; a text alone is a STRING. */
export type RestParameters = Readonly<Record<string, string | QueryParameter>>;

/** The fields of a request for these parameters. */
export function parameterFields(parameters: RestParameters | undefined): Record<string, unknown> {
  if (parameters === undefined) return {};
  const queryParameters = Object.entries(parameters).map(([name, given]) => {
    const parameter = typeof given === 'string' ? { type: 'STRING' as const, value: given } : given;
    return { name, ...(isArrayParameter(parameter) ? arrayOf(parameter) : scalarOf(parameter)) };
  });
  return { parameterMode: 'NAMED', queryParameters };
}

function scalarOf({ type, value }: Extract<QueryParameter, { value: string }>): Record<string, unknown> {
  return { parameterType: { type }, parameterValue: { value } };
}

function arrayOf({ type, values }: Extract<QueryParameter, { values: readonly string[] }>): Record<string, unknown> {
  return {
    parameterType: { type: 'ARRAY', arrayType: { type } },
    parameterValue: { arrayValues: values.map((value) => ({ value })) },
  };
}
