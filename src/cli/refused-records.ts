/** Records that the warehouse refused, as `contrail status` shows them. */
import type { Config } from '../config/load-config.ts';
import type { RefusedRecords } from '../ports/record-stage.ts';
import { openRecordStage } from '../app/compose/open-record-stage.ts';
import { oneLine, plural, printResult } from './output.ts';

/** How many are shown in full, in JSON. */
const MOST_SHOWN = 100;

/** What was set aside during the last 30 days. Throws when Redis does not answer. */
export async function refusedRecords(config: Config): Promise<RefusedRecords> {
  const stage = openRecordStage(config);
  try {
    return await stage.refused(MOST_SHOWN);
  } finally {
    stage.close();
  }
}

/** One line, where there are any. */
export function printRefusedRecords({ count, newest: [newest] }: RefusedRecords): void {
  if (newest === undefined) return;
  const subject = `${plural(count, 'record')} refused by the warehouse and not written`;
  printResult(oneLine(`${subject}; the newest, of ${newest.table}: ${newest.reason}`));
  printResult('Run `contrail status --json` to see them.');
}
