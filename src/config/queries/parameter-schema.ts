/** Parameters of configured queries: a type and a value that fits it, as text for the warehouse. */
import { z } from 'zod';
import { didYouMean } from '../../domain/nearest-name.ts';
import { PARAMETER_TYPES, type ParameterType, type QueryParameter } from '../../domain/query-export/query-parameter.ts';
import { dateText, parseDate, parseTimestamp, timestampText } from '../../domain/utc-time.ts';

const TYPE_NAMES = PARAMETER_TYPES.flatMap((type) => [type, `ARRAY<${type}>`]);
const MOST_VALUES = 10_000;
const LONGEST_TEXT = 100_000;
const LEAST_INT64 = -(2n ** 63n);
const MOST_INT64 = 2n ** 63n - 1n;

const Entry = z.strictObject(
  { type: z.string({ error: 'a text such as "STRING"' }), value: z.unknown().optional() },
  { error: 'a table such as { type = "INT64", value = 5 }' },
);

export const ParameterEntry = Entry.transform(({ type: typeName, value }, context): QueryParameter => {
  const refuse = (message: string, field = 'value'): never => {
    context.addIssue({ code: 'custom', message, path: [field] });
    return z.NEVER;
  };
  const isArray = typeName.startsWith('ARRAY<');
  const type = PARAMETER_TYPES.find((known) => typeName === (isArray ? `ARRAY<${known}>` : known));
  if (type === undefined) return refuse(`one of ${TYPE_NAMES.join(', ')}. ${didYouMean(typeName, TYPE_NAMES)}`, 'type');
  if (isArray) {
    const texts = Array.isArray(value) ? value.map((element: unknown) => valueText(type, element)) : undefined;
    const values = texts?.filter((text) => text !== undefined);
    if (texts === undefined || values?.length !== texts.length || texts.length > MOST_VALUES) {
      return refuse(`a list of at most ${MOST_VALUES} values, each ${VALUES[type]}`);
    }
    return { type, values };
  }
  if (Array.isArray(value)) return refuse(`${VALUES[type]}; a list has the type ARRAY<${type}>`);
  const text = valueText(type, value);
  return text === undefined ? refuse(VALUES[type]) : { type, value: text };
});

const VALUES: Readonly<Record<ParameterType, string>> = {
  STRING: 'a text',
  INT64: 'a whole number; beyond 2^53 as a text of digits',
  FLOAT64: 'a finite number',
  BOOL: 'true or false',
  DATE: 'a day such as 2026-01-13',
  TIMESTAMP: 'a time such as 2026-01-13T04:30:00Z',
};

/** The value as the warehouse's parameters write it; undefined if it is not of the type. */
function valueText(type: ParameterType, value: unknown): string | undefined {
  switch (type) {
    case 'STRING':
      return typeof value === 'string' && value.length <= LONGEST_TEXT && value.isWellFormed() ? value : undefined;
    case 'INT64':
      return integerText(value);
    case 'FLOAT64':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
    case 'BOOL':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'DATE': {
      const text = value instanceof Date && !Number.isNaN(value.getTime()) ? dateOfDay(value) : value;
      return typeof text === 'string' && parseDate(text) !== undefined ? text : undefined;
    }
    case 'TIMESTAMP': {
      const text = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value;
      const micros = typeof text === 'string' ? parseTimestamp(text) : undefined;
      return micros === undefined ? undefined : timestampText(micros);
    }
  }
}

function integerText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return undefined;
  const integer = BigInt(value);
  return integer >= LEAST_INT64 && integer <= MOST_INT64 ? String(integer) : undefined;
}

/** TOML's `2026-01-13` without quotes; a time of day is not a day. */
function dateOfDay(date: Date): string | undefined {
  const micros = date.getTime() * 1000;
  const day = dateText(micros);
  return parseDate(day) === micros ? day : undefined;
}
