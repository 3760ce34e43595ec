import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../support/duckdb.ts';

/** Runs in a process whose files may have 1 KB: what is beyond is a short write and an error, like on a full disk. */
const CHILD = `
import { RecordFile } from './dist/adapters/filesystem/record-file.js';
process.on('SIGXFSZ', () => {});
const file = await RecordFile.create(process.argv[1]);
await file.add('a'.repeat(600), true);
const failure = await file.add('b'.repeat(600), true).then(() => 'none', (error) => error.code);
process.stdout.write(JSON.stringify([failure, file.isBroken, file.size]));
`;

it('takes back the half of a line for which the disk had no room, and is done for', () => {
  const path = join(temporaryFolder(), 'file.ndjson');

  const command = 'ulimit -f 1; exec "$0" --input-type=module -e "$1" "$2"';
  const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, CHILD, path], { encoding: 'utf8' });

  expect({ stdout, stderr }).toEqual({ stdout: JSON.stringify(['EFBIG', true, 601]), stderr: '' });
  expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(600)}\n`);
});
