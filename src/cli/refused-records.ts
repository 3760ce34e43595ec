/** Records that the warehouse refused, for `contrail status`. */
import type { Config } from '../config/load-config.ts';
import type { RefusedRecords } from '../ports/record-stage.ts';
import { openRecordStage } from '../app/compose/open-record-stage.ts';
import { oneLine, plural, printResult } from './output.ts';

/** Most records in the JSON. */
const MOST_SHOWN = 100;

/** Records set aside during the last 30 days. Throws if Redis does not answer. */
export async function refusedRecords(config: Config): Promise<RefusedRecords> {
  const stage = openRecordStage(config);
  try {
    return await stage.refused(MOST_SHOWN);
  } finally {
    stage.close();
  }
}

/** Prints how many there are and the newest reason; nothing if there are none. */
export function printRefusedRecords({ count, newest: [newest] }: RefusedRecords): void {
  if (newest === undefined) return;
  const subject = `${plural(count, 'record')} refused by the warehouse and not written`;
  printResult(oneLine(`${subject}; the newest, of ${newest.table}: ${newest.reason}`));
  printResult('Run `contrail status --json` to see them.');
}
