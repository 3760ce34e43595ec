/** Reads the monitoring tables for a process that does without them otherwise: the warehouse's client is loaded at the first read. */
import type { Config } from '../../config/load-config.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { warehouseOf, type WarehouseOptions } from './open-warehouse.ts';

export interface ReaderOnDemand {
  readonly reader: MonitoringReader;
  readonly close: () => Promise<void>;
}

/** Undefined if no warehouse is set. */
export function readerOnDemand(config: Config, options: WarehouseOptions): ReaderOnDemand | undefined {
  if (config.warehouse === undefined) return undefined;
  let opened: ReturnType<typeof warehouseOf> | undefined;
  return {
    reader: {
      async rows(request, signal) {
        opened ??= warehouseOf(config, options);
        return (await opened).reader.rows(request, signal);
      },
    },
    async close() {
      await (await opened)?.close();
    },
  };
}
