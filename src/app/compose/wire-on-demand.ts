/** The adapters for a process that does without most of them: they are loaded at first use. */
import type { Config } from '../../config/load-config.ts';
import type { WiredAdapters } from './adapters.ts';
import { wire, type WireOptions } from './wire.ts';

export interface WiredOnDemand {
  readonly wired: () => Promise<WiredAdapters>;
  readonly close: () => Promise<void>;
}

/** Undefined if no warehouse is set. */
export function wireOnDemand(config: Config, options: WireOptions): WiredOnDemand | undefined {
  if (config.warehouse === undefined) return undefined;
  let opened: Promise<WiredAdapters> | undefined;
  return {
    wired: () => {
      opened ??= wire(config, options).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    close: async () => (await opened)?.close(),
  };
}
