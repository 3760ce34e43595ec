/** Checks the content of a statistics file: the console's rules, the order of windows, and what the object's metadata say. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { FoundRecord } from '../../domain/console-premises.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { formatWindows } from '../../domain/rerun/window-list.ts';
import { quote } from '../../domain/slug.ts';
import type { ObjectMetadata, ObjectStore } from '../../ports/object-store.ts';
import type { DropPlan } from '../../workers/statistics/acceptance/drop-plan.ts';
import { planDrops } from '../../workers/statistics/acceptance/plan-drops.ts';
import { type CheckResult, RowChecker } from '../../workers/statistics/acceptance/row-checker.ts';
import { windowsOfFile } from '../../workers/statistics/file-metadata.ts';
import { type Fault, fault } from './faults.ts';
import { readElements } from './json-elements.ts';
import { batchOf, columnsOf, type FileRow } from './row-columns.ts';
import { WindowOrder } from './window-order.ts';

export interface StatisticsCheck {
  /** Where the files of earlier periods are, which the console reads first. */
  readonly store: ObjectStore;
  readonly rules: ConsoleRules;
  /** Most rows of a window whose keys are compared. */
  readonly duplicateLimit: number;
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  readonly record: FoundRecord;
  readonly metadata: ObjectMetadata;
  readonly signal: AbortSignal;
}

/**
 * Reads a file once. `others` names columns with values of an unusual kind; throws OtherKindError where there is one more,
 * and the file is then to be read again with it.
 */
export async function checkStatistics(
  request: StatisticsCheck,
  bytes: AsyncIterable<Uint8Array>,
  others: ReadonlySet<string>,
): Promise<Fault[]> {
  const rows = new CheckedRows(request, others);
  for await (const elements of readElements(bytes)) {
    const odd = rows.add(elements);
    if (odd !== undefined) return [odd];
  }
  return rows.faults();
}

class CheckedRows {
  readonly #request: StatisticsCheck;
  readonly #others: ReadonlySet<string>;
  readonly #order = new WindowOrder();
  #checker: { readonly rows: RowChecker; readonly columns: ReturnType<typeof columnsOf> } | undefined;
  #keys = '';
  #count = 0;
  #shown: readonly FileRow[] = [];

  constructor(request: StatisticsCheck, others: ReadonlySet<string>) {
    this.#request = request;
    this.#others = others;
  }

  /** A fault after which the rest cannot be judged. */
  add(elements: readonly unknown[]): Fault | undefined {
    const rows: FileRow[] = [];
    for (const element of elements) {
      if (!isRow(element)) return fault('schema', `Row ${this.#place(rows)} is not a JSON object.`);
      const keys = JSON.stringify(Object.keys(element));
      if (this.#checker === undefined) this.#begin(element, keys);
      else if (keys !== this.#keys) return fault('schema', `Row ${this.#place(rows)} has other keys than the first.`);
      rows.push(element);
    }
    if (this.#checker === undefined) return undefined;
    this.#shown = rows;
    this.#checker.rows.check(batchOf(this.#checker.columns, rows));
    this.#order.add(rows, this.#count);
    this.#count += rows.length;
    return undefined;
  }

  async faults(): Promise<Fault[]> {
    const { metadata } = this.#request;
    const check = this.#checker?.rows.finish();
    const broken = check === undefined ? [] : ruleFaults(check);
    const drops = broken.length > 0 ? undefined : await this.#drops();
    return [
      ...broken,
      ...(drops === undefined ? [] : [fault('rules', `Experimenter would reject the file: ${drops}.`)]),
      ...this.#order.faults(),
      ...metadataFaults(metadata, { rows: this.#count, check }),
    ];
  }

  async #drops(): Promise<string | undefined> {
    if (this.#checker === undefined) return undefined;
    const plan = await planDrops(this.#request, this.#checker.rows.outline(), this.#request);
    return plan === undefined ? undefined : reasonIn(plan);
  }

  #begin(row: FileRow, keys: string): void {
    const { period, rules, duplicateLimit: windowLimit } = this.#request;
    const columns = columnsOf(row, this.#others);
    const showRow = (_: unknown, shown: number): string => JSON.stringify(this.#shown[shown]);
    const rows = new RowChecker({ columns, order: 'windows', period, rules, windowLimit, showRow });
    this.#checker = { rows, columns };
    this.#keys = keys;
  }

  #place(before: readonly FileRow[]): string {
    return (this.#count + before.length + 1).toLocaleString('en-US');
  }
}

function isRow(element: unknown): element is FileRow {
  return typeof element === 'object' && element !== null && !Array.isArray(element);
}

/** Most characters of a row in a message. */
const SHOWN_CHARACTERS = 200;

function ruleFaults({ rows, reasons, duplicates, endlessTexts, shown }: CheckResult): Fault[] {
  const [first] = reasons;
  const [example] = shown;
  return [
    ...(first === undefined
      ? []
      : [
          fault(
            'rules',
            `Experimenter would reject ${reasons.reduce((sum, reason) => sum + reason.rows, 0)} of ${rows} rows: ${first.reason}` +
              `${example === undefined ? '' : `, as in ${quote(example.json.slice(0, SHOWN_CHARACTERS))}`}.`,
          ),
        ]),
    ...(duplicates === 0 ? [] : [fault('rules', `${duplicates} of ${rows} rows repeat the key of another.`)]),
    ...(endlessTexts === 0 ? [] : [fault('rules', `${endlessTexts} numbers are texts of NaN or infinity.`)]),
  ];
}

function reasonIn({ groups }: DropPlan): string {
  const [group] = groups;
  const drop = group?.whole ??
    group?.metrics[0]?.shapes[0]?.drop ??
    group?.clients[0]?.drop ?? { reason: 'a value is too large to be shown' };
  return group === undefined ? drop.reason : `${drop.reason} (segment ${quote(group.segment)}, ${group.basis})`;
}

/** Whether the object's metadata describe these rows; keys that it does not have are not compared. */
function metadataFaults(
  metadata: ObjectMetadata,
  { rows, check }: { readonly rows: number; readonly check: CheckResult | undefined },
): Fault[] {
  const found = {
    [METADATA.rows]: String(rows),
    [METADATA.windows]: formatWindows(windowsOfFile({ windows: check?.windows ?? [] })),
    [METADATA.bases]: (check?.bases ?? []).join(','),
  };
  return Object.entries(found).flatMap(([key, value]) => {
    const published = metadata[key];
    // GCS keeps no empty values.
    if (published === undefined || published === value) return [];
    return [fault('metadata', `${key} is ${quote(published)}, and the file has ${quote(value)}.`)];
  });
}
