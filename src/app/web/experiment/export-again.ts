/** Publishes the files of an experiment again, by the same way as `contrail backfill --force`. */
import { createHash } from 'node:crypto';
import { backfillPriority } from '../../../domain/backfill-priority.ts';
import type { Pricing } from '../../../domain/query-cost-price.ts';
import { type DueFile, type ProductFile, type ProductPlan, PRODUCTS } from '../../../producer/product-plan.ts';
import type {
  ExportOrder,
  ExportOutcome,
  ExportPreview,
  ExportSelection,
} from '../../../web/pages/experiment/export-again.ts';
import { type StartDependencies, startBackfill } from '../../backfills/start-backfill.ts';
import { estimate } from '../../estimate.ts';
import { type PlanReading, readPlan } from '../../read-plan.ts';

export interface ExportAgainDependencies {
  readonly reading: PlanReading;
  readonly pricing: Pricing;
}

export interface ExportStartDependencies extends ExportAgainDependencies {
  readonly starting: StartDependencies;
}

/** What would be exported, and at what price. */
export async function previewExport(
  deps: ExportAgainDependencies,
  selection: ExportSelection,
  signal: AbortSignal,
): Promise<ExportPreview> {
  return previewOf(deps, await planOf(deps, selection, signal), signal);
}

/** Enqueues the export as a backfill, unless the list of files is another one than that of the preview. */
export async function startExport(
  deps: ExportStartDependencies,
  order: ExportOrder,
  signal: AbortSignal,
): Promise<ExportOutcome> {
  const plan = await planOf(deps, order, signal);
  const preview = await previewOf(deps, plan, signal);
  if (preview.digest !== order.digest) return { kind: 'changed', preview };
  const bytesOf = new Map(preview.files.map(({ name, bytes }) => [name, bytes]));
  const { report, id } = await startBackfill(deps.starting, {
    plan,
    asked: { by: order.by, selection: selectionText(order), estimatedUsd: preview.usd },
    options: { retryFailed: true, priorityOf: (due) => priorityOf(due, bytesOf.get(nameOf(due))) },
    signal,
  });
  return {
    kind: 'started',
    backfill: id,
    enqueued: report.enqueued.map(({ due }) => nameOf(due)),
    left: report.skipped.map(({ due, reason }) => ({ name: nameOf(due), reason })),
  };
}

/** Only files of the selection; a source that cannot be read is an error, since something would be missing. */
async function planOf(
  { reading }: ExportAgainDependencies,
  { slug, files }: ExportSelection,
  signal: AbortSignal,
): Promise<ProductPlan> {
  const selection = { experiments: [slug], products: PRODUCTS, periods: [], apps: [], force: true };
  const plan = await readPlan(reading, selection, signal);
  const [failure] = plan.failures;
  if (failure !== undefined) throw failure.error;
  const isWanted = (file: ProductFile): boolean => files.length === 0 || files.includes(nameOf(file));
  return { ...plan, due: plan.due.filter(isWanted), refused: plan.refused.filter(isWanted) };
}

async function previewOf(
  { reading, pricing }: ExportAgainDependencies,
  plan: ProductPlan,
  signal: AbortSignal,
): Promise<ExportPreview> {
  const { source } = reading.planning;
  const { bytes, billedBytes, usd, unknown } = await estimate(source, plan.due, { pricing, signal });
  return {
    files: plan.due.map((file) => ({
      name: nameOf(file),
      bytes: file.bytes ?? bytes.get(file.table ?? ''),
      rows: file.rows,
    })),
    refused: plan.refused.map((file) => ({ name: nameOf(file), reason: file.error.sentence })),
    billedBytes,
    usd,
    unknown,
    digest: digestOf(plan.due),
  };
}

function priorityOf({ product }: DueFile, bytes: number | undefined): number {
  return product === 'statistics' ? backfillPriority(bytes) : 1;
}

/** `weekly`, `errors` */
function nameOf({ product, period }: ProductFile): string {
  return period ?? product;
}

function digestOf(due: readonly DueFile[]): string {
  const names = due.map(nameOf).toSorted();
  return createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 16);
}

/** As options of the command line, for the list of backfills. */
function selectionText({ slug, files }: ExportSelection): string {
  const which = files.length === 0 ? '' : ` (${files.join(', ')})`;
  return `--experiment ${slug} --force${which}`;
}
