import { expect, it } from 'vitest';
import { explainFullDisk } from '../../../../src/cli/demo/demo-folder.ts';

it('says in a sentence that the disk is full, whoever noticed it', () => {
  const other = new Error('The table is gone.');
  const errors = [
    new Error('TransactionContext Error: Failed to commit: Could not write file "x.wal": No space left on device'),
    new Error("ENOSPC: no space left on device, write '/x/demo-data/experiments.json'"),
  ];

  expect(errors.map(explainFullDisk)).toMatchObject([{ code: 'TARGET_FULL' }, { code: 'TARGET_FULL' }]);
  expect(explainFullDisk(other)).toBe(other);
});
