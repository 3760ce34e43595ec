/** What every source that can divide very large tables must do besides. */
import { describe, expect, it } from 'vitest';
import type { DividedTable, DivisibleSource } from '../../src/ports/statistics-source.ts';
import { encodedRows } from '../support/read-table.ts';

export interface DivisibleWorld {
  readonly source: DivisibleSource;
  /** The source as another process sees it. */
  readonly reader: DivisibleSource;
  /** A table that is too large to be read at once. */
  readonly large: { readonly name: string; readonly rows: number };
  /** One that is not. */
  readonly small: string;
}

const never = new AbortController().signal;

export function describeDivisibleSource(name: string, setup: () => Promise<DivisibleWorld>): void {
  const divide = async ({ source, large }: DivisibleWorld): Promise<DividedTable> => {
    const table = await source.divide({ table: large.name, signal: never });
    if (table === undefined) throw new Error('not divided');
    return table;
  };

  describe(`divisible source: ${name}`, () => {
    it('divides a very large table into parts that hold each row once, windows ascending over all', async () => {
      const world = await setup();
      const table = await divide(world);
      const windows: number[] = [];
      const texts = new Set<string>();
      for (const part of table.parts) {
        const open = await world.reader.openPart(part, never);
        const rows = await encodedRows(open);
        await open.close();
        expect(rows).toHaveLength(open.rowCount);
        expect(open).toMatchObject({ source: table.source, version: table.version, columns: table.columns });
        for (const row of rows) {
          windows.push(Number(row['window_index']));
          texts.add(JSON.stringify(row));
        }
      }
      await table.close();

      expect(table.parts.length).toBeGreaterThan(1);
      expect([table.rowCount, windows.length, texts.size]).toEqual([
        world.large.rows,
        world.large.rows,
        world.large.rows,
      ]);
      expect(windows.every((window, index) => index === 0 || window >= (windows[index - 1] ?? 0))).toBe(true);
    });

    it('gives a part again, the same', async () => {
      const world = await setup();
      const [part] = (await divide(world)).parts;
      if (part === undefined) throw new Error('no parts');
      const read = async () => {
        const open = await world.reader.openPart(part, never);
        const rows = await encodedRows(open);
        await open.close();
        return rows;
      };

      expect(await read()).toEqual(await read());
    });

    it('divides neither a table that can be opened whole nor one that is missing', async () => {
      const { source, small } = await setup();

      expect(await source.divide({ table: small, signal: never })).toBeUndefined();
      expect(await source.divide({ table: 'missing', signal: never })).toBeUndefined();
    });

    it('refuses a token that it did not make', async () => {
      const { reader } = await setup();

      await expect(reader.openPart({ token: 'no token' }, never)).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
    });

    it('neither divides nor opens once it is aborted', async () => {
      const world = await setup();
      const [part] = (await divide(world)).parts;
      const signal = AbortSignal.abort(new Error('stop'));

      await expect(world.source.divide({ table: world.large.name, signal })).rejects.toThrow('stop');
      await expect(world.reader.openPart(part ?? { token: '' }, signal)).rejects.toThrow('stop');
    });
  });
}
