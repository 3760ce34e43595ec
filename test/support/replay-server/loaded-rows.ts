/** Rows of a load job, from newline-delimited JSON to cells, with the service's complaints. */
import type { CellValue } from '../column-batches.ts';
import type { ExplicitRow } from './explicit-content.ts';
import type { TableField } from './field-schema.ts';

/** Rows that cannot be loaded: the job fails with the reason `invalid`. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}

/** The rows with all fields, NULL where a row has none. Throws LoadError for the first line that does not fit. */
export function parseRows(
  fields: readonly TableField[],
  text: string,
  options: { readonly ignoreUnknownValues: boolean },
): ExplicitRow[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    try {
      const value: unknown = JSON.parse(line);
      if (!isRecord(value)) throw new LoadError('JSON parsing error: Expected an object');
      if (!options.ignoreUnknownValues) checkNames(fields, value);
      return Object.fromEntries(fields.map((field) => [field.name, cellOf(field, value[field.name])]));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new LoadError(
        `Error while reading data, error message: JSON table encountered too many errors, giving up. Rows: ${index + 1}; errors: 1. ${problem}`,
      );
    }
  });
}

function checkNames(fields: readonly TableField[], row: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(row).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) throw new LoadError(`No such field: ${unknown}.`);
}

function cellOf(field: TableField, value: unknown): CellValue {
  const isMissing = value === null || value === undefined;
  if (field.mode === 'REPEATED') {
    if (isMissing) return [];
    if (!Array.isArray(value)) throw new LoadError(`Array specified for non-repeated or not an array: ${field.name}.`);
    return value.map((element) => cellOf({ ...field, mode: 'NULLABLE' }, element));
  }
  if (isMissing) {
    if (field.mode === 'REQUIRED') throw new LoadError(`Missing required field: ${field.name}.`);
    return null;
  }
  return plainCell(field, value);
}

function plainCell(field: TableField, value: unknown): CellValue {
  const refuse = (): never => {
    throw new LoadError(
      `Could not convert value to ${field.type.toLowerCase()}. Field: ${field.name}; Value: ${JSON.stringify(value)}`,
    );
  };
  switch (field.type) {
    case 'STRING':
    case 'GEOGRAPHY':
      return typeof value === 'string' || isNumber(value) ? String(value) : refuse();
    case 'BYTES':
      return typeof value === 'string' ? Buffer.from(value, 'base64') : refuse();
    case 'INTEGER':
      return /^-?\d+(\.0+)?$/.test(String(value)) ? BigInt(String(value).replace(/\..*/, '')) : refuse();
    case 'FLOAT':
      return isNumber(value) || /^(NaN|-?Inf(inity)?)$/i.test(String(value)) ? Number(value) : refuse();
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return /^-?\d+(\.\d+)?$/.test(String(value)) ? String(value) : refuse();
    case 'BOOLEAN':
      return /^(true|false)$/i.test(String(value)) ? String(value).toLowerCase() === 'true' : refuse();
    case 'TIMESTAMP':
      return timestampText(value) ?? refuse();
    case 'DATE':
    case 'TIME':
    case 'DATETIME':
      return typeof value === 'string' && /\d/.test(value) ? value : refuse();
    case 'JSON':
      return JSON.stringify(value);
    case 'RECORD':
      if (!isRecord(value)) return refuse();
      return Object.fromEntries((field.fields ?? []).map((child) => [child.name, cellOf(child, value[child.name])]));
  }
}

/** `2026-01-13 04:30:00.5 UTC`, from ISO text with or without an offset, or from seconds. */
function timestampText(value: unknown): string | undefined {
  const text = isNumber(value) ? new Date(Number(value) * 1000).toISOString() : String(value);
  const [, date, time, fraction = '', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,6})?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone === 'UTC' ? 'Z' : zone}`);
  if (Number.isNaN(ms)) return undefined;
  const [day, clock = ''] = new Date(ms).toISOString().split('T');
  return `${day} ${clock.slice(0, 8)}${fraction.replace(/\.?0+$/, '')} UTC`;
}

function isNumber(value: unknown): boolean {
  return value !== '' && typeof value !== 'boolean' && Number.isFinite(Number(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
