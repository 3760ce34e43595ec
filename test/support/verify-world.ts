/** Published files of two experiments in memory, and verifying them. */
import { repairFiles } from '../../src/app/verify/repair-files.ts';
import { verifyFiles } from '../../src/app/verify/verify-files.ts';
import { planDependencies } from '../../src/app/compose/planning.ts';
import { verifyDependencies } from '../../src/app/compose/verifying.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import { METADATA } from '../../src/domain/object-metadata.ts';
import { ABSENT, type ObjectMetadata, type StoredObject } from '../../src/ports/object-store.ts';
import { planProducts } from '../../src/producer/plan-products.ts';
import { PRODUCTS } from '../../src/producer/product-plan.ts';
import { simulateWorld } from './simulated-world.ts';
import { memoryTable, numberedRows, type StatisticsRow } from './statistics-table.ts';

export const VERIFY_NOW = Date.parse('2026-01-20T12:00:00Z');
const CHANGED_AT = Date.parse('2026-01-15T00:00:00Z');

const never = new AbortController().signal;

export function recordOf(slug: string) {
  return {
    slug,
    appName: 'fenix',
    startDate: '2026-01-01',
    endDate: null,
    enrollmentEndDate: '2026-01-08',
    proposedEnrollment: 7,
    branches: [{ slug: 'control', ratio: 1 }],
    bucketConfig: { randomizationUnit: 'nimbus_id', namespace: 'n', start: 0, count: 100, total: 10_000 },
    referenceBranch: 'control',
    outcomes: [],
    segments: [],
  };
}

/** Rows of several windows, as the console takes them. */
export function windowRows(windows: readonly number[], rowsPerWindow = 3): StatisticsRow[] {
  const fixed = { statistic: 'deciles', parameter: '0.1' };
  return windows.flatMap((window_index) => numberedRows(rowsPerWindow, { ...fixed, window_index }));
}

export interface Replacement {
  readonly text?: string;
  readonly metadata?: ObjectMetadata;
  readonly contentType?: string;
}

export function verifyWorld(records: readonly unknown[] = ['alpha', 'beta'].map(recordOf)) {
  const world = simulateWorld({ startAt: VERIFY_NOW, experiments: records });
  const { adapters, config, source, store, queue, clock } = world;
  const plan = (experiments: readonly string[] = []) =>
    planProducts(
      planDependencies(adapters, config),
      { experiments, periods: [], apps: [], force: true, products: PRODUCTS },
      never,
    );
  const dependencies = ({ isDeep = false, experiments = [] as readonly string[] } = {}) =>
    verifyDependencies(adapters, config, { isDeep, experiments, plan: () => plan(experiments) });
  const textOf = async (name: string): Promise<string> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await store.read(name, never)) ?? []) pieces.push(piece as Uint8Array);
    return Buffer.concat(pieces).toString('utf8');
  };
  return {
    ...world,
    never,
    textOf,
    dependencies,
    table: (name: string, rows: readonly StatisticsRow[], changedAt = CHANGED_AT): void =>
      source.set(name, memoryTable(rows, { changedAt })),
    /** Publishes every file that has a source, unless its rows are refused. */
    publishAll: async (): Promise<void> => {
      const { make } = dependencies({ isDeep: true });
      for (const due of (await plan()).due) {
        const payload = due.payload('new', []);
        try {
          await make?.({ version: '', isOwner: true, payload, due }, store, never);
        } catch (error) {
          if (!(error instanceof ContrailError) || error.code !== 'ROWS_REFUSED') throw error;
        }
      }
    },
    /** Changes a published object, with its metadata unless told otherwise. */
    replace: async (
      name: string,
      { text, metadata, contentType = 'application/json' }: Replacement,
    ): Promise<StoredObject> => {
      const before = await store.head(name, never);
      const bytes = text ?? (await textOf(name));
      const writer = await store.write({
        name,
        contentType,
        ifGeneration: before?.generation ?? ABSENT,
        signal: never,
      });
      await writer.write(Buffer.from(bytes));
      return writer.commit(metadata ?? before?.metadata ?? {});
    },
    metadataOf: async (name: string): Promise<ObjectMetadata> => (await store.head(name, never))?.metadata ?? {},
    verify: async (options: { readonly isDeep?: boolean; readonly experiments?: readonly string[] } = {}) => {
      const report = await verifyFiles(dependencies(options), never);
      const faulty = report.files.filter(({ state }) => state === 'faulty');
      return {
        ...report,
        states: Object.fromEntries(report.files.map(({ published, state }) => [published.object.name, state])),
        /** Codes of each faulty object. */
        faults: Object.fromEntries(
          faulty.map(({ published, faults }) => [published.object.name, faults.map(({ code }) => code)]),
        ),
        messages: faulty.flatMap(({ faults }) => faults.map(({ message }) => message)),
      };
    },
    repair: (report: Awaited<ReturnType<typeof verifyFiles>>) =>
      repairFiles({ queue, clock, random: adapters.random }, report.files, never),
    without: (metadata: ObjectMetadata, ...keys: readonly (keyof typeof METADATA)[]): ObjectMetadata =>
      Object.fromEntries(Object.entries(metadata).filter(([key]) => !keys.some((name) => METADATA[name] === key))),
  };
}
