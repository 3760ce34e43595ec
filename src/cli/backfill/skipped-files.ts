/** The files of a plan that need no job: current ones, and those whose source lacks tables. */
import type { LackingSource } from '../../producer/lacking-sources.ts';
import { lackingText } from '../../producer/lacking-text.ts';
import { nameOfFile, type ProductPlan, type SkippedFile } from '../../producer/product-plan.ts';
import { oneLine } from '../output.ts';

type Skipped = Pick<ProductPlan, 'skipped'>;

/** A file that cannot be made at present; the published one stays. */
type LackingFile = SkippedFile & { readonly lacking: LackingSource };

/** How many files are current, how many have no tables, and how many wait for windows. */
export function countSkipped({ skipped }: Skipped): Record<'current' | LackingSource['kind'], number> {
  const count = (kind: LackingSource['kind'] | undefined) =>
    skipped.filter(({ lacking }) => lacking?.kind === kind).length;
  return { current: count(undefined), gone: count('gone'), rebuilding: count('rebuilding') };
}

/** `3 current, 1 gone`; only current files are always counted. */
export function skippedText(plan: Skipped): string {
  const { current, ...lacking } = countSkipped(plan);
  const others = Object.entries(lacking).filter(([, count]) => count > 0);
  return [`${current} current`, ...others.map(([kind, count]) => `${count} ${kind}`)].join(', ');
}

/** `gone: my-slug weekly: deleted 3 h ago, file of 8 Jan 2026 stays` */
export function lackingLines(plan: Skipped, now: number): string[] {
  return lackingFiles(plan).map((file) => {
    const detail = lackingText(file.lacking, now);
    return oneLine(`${file.lacking.kind}: ${nameOfFile(file)}${detail === '' ? '' : `: ${detail}`}`);
  });
}

export function lackingAsJson(plan: Skipped, now: number) {
  return lackingFiles(plan).map(({ product, experiment, period, lacking }) => ({
    product,
    experiment,
    period,
    state: lacking.kind,
    detail: lackingText(lacking, now),
  }));
}

function lackingFiles({ skipped }: Skipped): LackingFile[] {
  return skipped.flatMap((file) => (file.lacking === undefined ? [] : [{ ...file, lacking: file.lacking }]));
}
