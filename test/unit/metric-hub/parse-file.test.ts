import { describe, expect, it } from 'vitest';
import { parseFile } from '../../../src/metric-hub/parse-file.ts';

const ROLE = { role: 'experiment', slug: 'x' } as const;

describe('a file of metric-hub', () => {
  it('must be UTF-8', () => {
    const bytes = Uint8Array.from([...Buffer.from('a = "'), 0xff, ...Buffer.from('"')]);

    expect(() => parseFile('jetstream/x.toml', ROLE, bytes)).toThrow(/jetstream\/x\.toml: .*not UTF-8/);
  });

  it('is left alone if a table at its root is named project', () => {
    const bytes = Buffer.from('[metrics]\nweekly = 7\n[project]\n');

    expect(parseFile('jetstream/x.toml', ROLE, bytes)).toEqual({ kind: 'foreign' });
  });

  it('is read with CRLF as LF, also inside texts', () => {
    const bytes = Buffer.from('friendly_name = """a  \r\nb"""\r\ndescription = "x"\r\n');

    const parsed = parseFile('p', { role: 'outcome', app: 'a', slug: 's' }, bytes);

    expect(parsed).toMatchObject({ outcome: { friendlyName: 'a\nb' } });
  });
});
