/**
 * Texts made to take long: they are read in time that grows with their length, or refused. By its square, each of these
 * would take minutes, beyond the limit of any test.
 */
import { describe, expect, it } from 'vitest';
import { toLogRecord } from '../../src/domain/log-record.ts';
import { nearestNames } from '../../src/domain/nearest-name.ts';
import { parseCostTableName } from '../../src/domain/query-cost-name.ts';
import { readFromExpression } from '../../src/metric-hub/resolve-data-source.ts';
import { referencesOf } from '../../src/metric-hub/template.ts';
import { TemplateError } from '../../src/metric-hub/template-tokens.ts';
import { parseToml, TomlError } from '../../src/metric-hub/toml.ts';
import { parseNumberText } from '../../src/domain/number-text.ts';

const MANY = 400_000;
/** Reading them takes milliseconds, on a busy machine seconds. */
const TIMEOUT_MS = 30_000;

describe('a hostile text', () => {
  it(
    'is refused as a number',
    () => {
      expect(parseNumberText(`${'9'.repeat(MANY)}x`)).toBeUndefined();
      expect(parseNumberText(`${' '.repeat(MANY)}x`)).toBeUndefined();
      expect(parseNumberText('1_'.repeat(MANY))).toBeUndefined();
      expect(parseNumberText('9'.repeat(MANY))).toBeNaN();
    },
    TIMEOUT_MS,
  );

  it(
    'loses the blanks of its first line in TOML',
    () => {
      const blanks = 60_000;
      const table = parseToml(`a = "${' '.repeat(blanks)}x"\nb = """${'\t'.repeat(blanks)}\n"""\n`);

      expect(table.get('a')).toHaveLength(blanks + 1);
      expect(table.get('b')).toBe('\n');
    },
    TIMEOUT_MS,
  );

  it('is refused as TOML that is too long, has too long a key, or is nested too deeply', () => {
    expect(() => parseToml('#'.repeat(1_000_001))).toThrow(
      new TomlError('it has 1000001 characters; at most 1000000 are read'),
    );
    expect(() => parseToml(`[a]\n${'k'.repeat(501)} = 1`)).toThrow(/has 501 characters/);
    expect(() => parseToml(`[${'t'.repeat(501)}.a]\n`)).toThrow(/has 501 characters/);
    expect(() => parseToml(`a = ${'['.repeat(20_000)}`)).toThrow(TomlError);
  });

  it('is refused as a template that is too long or nested too deeply', () => {
    expect(() => referencesOf(`{{ ${'('.repeat(1000)}a${')'.repeat(1000)} }}`)).toThrow(TemplateError);
    expect(() => referencesOf('{'.repeat(100_001))).toThrow(/at most 100000/);
    expect(referencesOf(`{{ ${'('.repeat(50)}a${')'.repeat(50)} }}`)).toHaveLength(1);
  });

  it(
    'is read as the FROM expression of a data source',
    () => {
      const problemOf = (value: string) => readFromExpression({ value, file: 'x.toml' }).problem;

      expect(problemOf(`{${'a'.repeat(MANY)}`)).toBe('a brace has no partner');
      expect(problemOf('{{'.repeat(MANY))).toBeUndefined();
      expect(problemOf(`{{ experiment.x }} ${'{dataset} '.repeat(1000)}{`)).toBe('a brace has no partner');
      expect(problemOf('{dataset:x} {other!r}')).toBe('{other} is unknown; only {dataset} is allowed');
    },
    TIMEOUT_MS,
  );

  it(
    'is cut as a message, between two characters',
    () => {
      const at = { file: 'x.ts', function: 'f' };
      const { message } = toLogRecord({ message: `${'\ufffd'.repeat(MANY)}a`, level: 'ERROR', at }, 0);

      expect(message).toMatch(/^\ufffd{21333} … \[cut, 1200001 bytes in all\]$/);
    },
    TIMEOUT_MS,
  );

  it(
    'has no name of a table in it, and no names near it',
    () => {
      expect(parseCostTableName('_enrollments_'.repeat(MANY))).toEqual({ slug: null, period: null, index: null });
      expect(nearestNames('a'.repeat(MANY), ['a'.repeat(MANY)])).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
