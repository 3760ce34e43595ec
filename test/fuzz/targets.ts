/** All targets of `npm run fuzz`, by name. */
import type { FuzzTarget } from './target.ts';
import { arrow } from './targets/arrow.ts';
import { dataSource } from './targets/data-source.ts';
import { encoder } from './targets/encoder.ts';
import { lz4 } from './targets/lz4.ts';
import { numberText } from './targets/number-text.ts';
import { queries } from './targets/queries.ts';
import { restValues } from './targets/rest-values.ts';
import { errorCategories, glob, logRecord, metadataText, period, slug, tableName, template } from './targets/texts.ts';
import { resultsFile } from './targets/results.ts';
import { toml } from './targets/toml.ts';
import { heldNoteText, windowListText } from './targets/window-list.ts';

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  encoder,
  arrow,
  lz4,
  restValues,
  numberText,
  toml,
  queries,
  glob,
  template,
  dataSource,
  metadataText,
  slug,
  logRecord,
  tableName,
  errorCategories,
  period,
  windowListText,
  heldNoteText,
  resultsFile,
];
