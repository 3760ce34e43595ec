import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readEnvFile } from '../../../src/config/env-file.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { temporaryFolder } from '../../support/duckdb.ts';

function folderWith(content: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.env'), content);
  return folder;
}

describe('.env', () => {
  it('gives its variables, with comments, quotes and lines of Windows', () => {
    const folder = folderWith(
      '\ufeff# comment\r\nexport A=1\r\nB="two\nlines = not a name"\n\n  C = three # why\nD=\nE="\n',
    );

    expect(readEnvFile(folder)).toMatchObject({ A: '1', B: 'two\nlines = not a name', C: 'three', D: '' });
  });

  it('need not be there', () => {
    expect(readEnvFile(temporaryFolder())).toEqual({});
  });

  it.each([
    ['A=1\nCONTRAIL_REDIS redis://me:s3cret@host\nB=2\ns3cret\n', 'line 2, 4 is not NAME=value'],
    ['A="two\nlines"\ns3cret', 'line 3 is not NAME=value'],
    ['A=1\0', 'it is not a text'],
    [`A=${'x'.repeat(1_000_001)}`, 'larger than 1 MB'],
  ])('is refused with a sentence when it is broken: %#', (content, reason) => {
    const read = () => readEnvFile(folderWith(content));

    expect(read).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(reason) }));
    expect(read).not.toThrow(/s3cret/);
  });

  it('is refused with a sentence when it is a folder', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.env'));

    expect(() => readEnvFile(folder)).toThrow('.env in the working folder cannot be used: it is not a file.');
  });
});

describe('the settings of this process', () => {
  const home = process.cwd();
  const variables = ['CONTRAIL_RESULTS_DATASET', 'CONTRAIL_MONITORING_DATASET', 'CONTRAIL_BUKET'];
  afterEach(() => {
    process.chdir(home);
    for (const variable of variables) delete process.env[variable];
  });

  it('are exported, or else in .env', () => {
    process.chdir(folderWith('CONTRAIL_RESULTS_DATASET=of_file\nCONTRAIL_MONITORING_DATASET=of_file\n'));
    process.env['CONTRAIL_MONITORING_DATASET'] = 'exported';

    expect(loadConfig([])).toMatchObject({ resultsDataset: 'of_file', monitoringDataset: 'exported' });
  });

  it('are checked in .env as everywhere', () => {
    process.chdir(folderWith('CONTRAIL_BUKET=x\n'));

    expect(() => loadConfig([])).toThrow('`CONTRAIL_BUKET` is not a setting. Did you mean CONTRAIL_BUCKET?');
  });

  it('are not read from .env where an environment is given', () => {
    process.chdir(folderWith('CONTRAIL_RESULTS_DATASET=of_file\n'));

    expect(loadConfig([], { environment: {} }).resultsDataset).toBe('mozanalysis');
  });
});
