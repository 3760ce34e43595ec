/** Publishing the files of an experiment again, as `contrail backfill --force` does. */

export interface ExportAgain {
  /** What would be exported, and at what price. Enqueues nothing. Throws EXPERIMENT_UNKNOWN, and errors of sources. */
  preview(selection: ExportSelection, signal: AbortSignal): Promise<ExportPreview>;
  /** Enqueues what the preview with this digest had; nothing if that has changed. */
  start(order: ExportOrder, signal: AbortSignal): Promise<ExportOutcome>;
}

export interface ExportSelection {
  /** The exact slug. */
  readonly slug: string;
  /** Names of files, such as `weekly` and `errors`; empty: all. */
  readonly files: readonly string[];
}

export interface ExportOrder extends ExportSelection {
  readonly digest: string;
  readonly reason: string;
  /** Who asks. */
  readonly by: string;
}

export interface ExportPreview {
  readonly files: readonly PreviewedFile[];
  /** Files that cannot be made, with the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** What a query of their tables would read, with the minimum that is billed. */
  readonly billedBytes: number;
  /** At the on-demand price; tables of unknown size are not in it. */
  readonly usd: number;
  readonly unknown: number;
  /** Changes with the list of files. */
  readonly digest: string;
}

export interface PreviewedFile {
  readonly name: string;
  /** Undefined: not known. */
  readonly bytes: number | undefined;
  readonly rows: number | undefined;
}

export type ExportOutcome =
  | {
      readonly kind: 'started';
      /** Undefined if nothing was enqueued. */
      readonly backfill: string | undefined;
      readonly enqueued: readonly string[];
      readonly left: readonly { readonly name: string; readonly reason: string }[];
    }
  | { readonly kind: 'changed'; readonly preview: ExportPreview };
