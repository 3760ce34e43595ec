/** Finds a row of the logs by the id in its link. */
import type { FoundLogRow } from '../../../domain/logs/log-questions.ts';
import { MICROS_PER_DAY } from '../../../domain/utc-time.ts';
import type { Part } from '../../part.ts';
import type { ErrorsSource } from './errors-source.ts';

const ID = /^(\d{1,16})-([0-9a-f]{32})$/;
const MOST_COPIES = 100;
const WHOLE_CHARACTERS = 1_000_000;
/** The year 9999. */
const LATEST_MICROS = 2_932_896 * MICROS_PER_DAY;

/** `1768435200000000-d41d8cd98f00b204e9800998ecf8427e` */
export function errorId({ at, fingerprint }: Pick<FoundLogRow, 'at' | 'fingerprint'>): string {
  return `${at}-${fingerprint}`;
}

/** The row with all its text, and its copies; undefined for what is no id of ours. */
export async function findError(
  source: ErrorsSource,
  id: string,
  signal: AbortSignal,
): Promise<Part<readonly FoundLogRow[]> | undefined> {
  const [, time = '', fingerprint = ''] = ID.exec(id) ?? [];
  const at = Number(time);
  if (fingerprint === '' || at >= LATEST_MICROS) return undefined;
  const filter = { range: { from: at, to: at + 1 } };
  return source.rows({ filter, fingerprint, offset: 0, limit: MOST_COPIES, characters: WHOLE_CHARACTERS }, signal);
}
