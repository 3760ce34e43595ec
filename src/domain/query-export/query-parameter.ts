/** Values for `@name` in a query. They reach the warehouse as parameters, never as text of the query. */

export const PARAMETER_TYPES = ['STRING', 'INT64', 'FLOAT64', 'BOOL', 'DATE', 'TIMESTAMP'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** A value as text: `42`, `0.5`, `true`, `2026-01-13`, `2026-01-13T04:30:00Z`. */
export interface ScalarParameter {
  readonly type: ParameterType;
  readonly value: string;
}

/** ARRAY of that type; may be empty. */
export interface ArrayParameter {
  readonly type: ParameterType;
  readonly values: readonly string[];
}

export type QueryParameter = ScalarParameter | ArrayParameter;

/** By name, without `@`. */
export type QueryParameters = Readonly<Record<string, QueryParameter>>;

export function isArrayParameter(parameter: QueryParameter): parameter is ArrayParameter {
  return 'values' in parameter;
}
