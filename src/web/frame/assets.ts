/** Style sheet and script of our pages, under names that change with their content. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ASSETS_FOLDER = fileURLToPath(new URL('../../../assets/', import.meta.url));

export interface Asset {
  /** `/assets/contrail-3f9a0b12.css` */
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface PageAssets {
  readonly style: Asset;
  readonly script: Asset;
}

export function readPageAssets(): PageAssets {
  return {
    style: readAsset('contrail.css', 'text/css; charset=utf-8'),
    script: readAsset('contrail.js', 'text/javascript; charset=utf-8'),
  };
}

function readAsset(name: string, type: string): Asset {
  const bytes = readFileSync(join(ASSETS_FOLDER, name));
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { path: `/assets/${name.replace('.', `-${digest}.`)}`, type, bytes };
}
