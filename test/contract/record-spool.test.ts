import { FileRecordSpool } from '../../src/adapters/filesystem/record-spool.ts';
import { MemoryRecordSpool } from '../../src/adapters/memory/record-spool.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { describeRecordSpool } from './record-spool.ts';

describeRecordSpool(
  'files',
  (limits) => new FileRecordSpool({ folder: temporaryFolder(), log: recordedLog(), ...limits }),
);

describeRecordSpool('memory', (limits) => new MemoryRecordSpool(limits));
