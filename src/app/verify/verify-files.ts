/** Verifies published files: reads all, then looks again at the faulty ones that changed meanwhile. */
import pMap from 'p-map';
import type { ProductPlan } from '../../producer/product-plan.ts';
import { checkFile, type FileCheckDependencies, type VerifiedFile } from './check-file.ts';
import { fault } from './faults.ts';
import { type Inventory, type InventoryDependencies, type PublishedFile, takeInventory } from './inventory.ts';

/** Enough to hide the latency of a bucket; each holds some megabytes. */
const READ_AT_ONCE = 4;

export interface VerifyDependencies extends InventoryDependencies, FileCheckDependencies {
  readonly store: FileCheckDependencies['store'];
  /** Called after each file with how many are done. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface VerifyReport {
  /** By name. */
  readonly files: readonly VerifiedFile[];
  /** What could be compared with; its failures were not. */
  readonly plan: ProductPlan;
}

export async function verifyFiles(deps: VerifyDependencies, signal: AbortSignal): Promise<VerifyReport> {
  const inventory = await takeInventory(deps, signal);
  const first = await checkAll(deps, inventory.files, signal);
  if (first.every(({ state }) => state !== 'faulty')) return reportOf(first, inventory);
  const again = await takeInventory(deps, signal);
  return reportOf(await confirmed(deps, { first, again, signal }), again);
}

function reportOf(files: readonly VerifiedFile[], { leftovers, plan }: Inventory): VerifyReport {
  return { files: [...files, ...leftovers.map(leftoverFile)], plan };
}

interface SecondLook {
  readonly first: readonly VerifiedFile[];
  readonly again: Inventory;
  readonly signal: AbortSignal;
}

/** Publishing goes on meanwhile: a file that did not fit its source may since have been replaced. */
async function confirmed(deps: VerifyDependencies, { first, again, signal }: SecondLook): Promise<VerifiedFile[]> {
  const now = new Map(again.files.map((published) => [published.object.name, published]));
  const settled: VerifiedFile[] = [];
  const changed: PublishedFile[] = [];
  for (const verified of first) {
    const found = now.get(verified.published.object.name);
    if (verified.state !== 'faulty') settled.push(verified);
    else if (found === undefined) continue;
    else if (isSame(found, verified.published)) settled.push({ ...verified, published: found });
    else changed.push(found);
  }
  const rechecked = await checkAll({ ...deps, onProgress: () => undefined }, changed, signal);
  return [...settled, ...rechecked].sort((a, b) => (a.published.object.name < b.published.object.name ? -1 : 1));
}

function isSame(a: PublishedFile, b: PublishedFile): boolean {
  const [found, before] = [a, b].map(({ object, source }) =>
    JSON.stringify([object.generation, object.metadata, source?.version, source?.rows]),
  );
  return found === before;
}

async function checkAll(
  deps: VerifyDependencies,
  files: readonly PublishedFile[],
  signal: AbortSignal,
): Promise<VerifiedFile[]> {
  let done = 0;
  const verified = await pMap(
    files,
    async (published) => {
      const result = await checkFile(deps, published, signal);
      done += 1;
      deps.onProgress?.(done, files.length);
      return result;
    },
    { concurrency: READ_AT_ONCE, signal },
  );
  return verified.filter((result) => result !== undefined);
}

function leftoverFile(object: PublishedFile['object']): VerifiedFile {
  const published = { object, file: undefined, source: undefined, isKnown: undefined };
  const faults = [fault('leftover', 'It is a part of a file whose export ended more than a day ago.')];
  return { published, state: 'faulty', faults };
}
