/** What `contrail status` asks for and gets, from the freshness index or from a plan of its own. */
import type { Status } from '../../app/status.ts';
import type { Config } from '../../config/load-config.ts';
import type { ContrailError } from '../../domain/errors.ts';
import type { ProductName } from '../../producer/product-plan.ts';
import { PRODUCTS } from '../../producer/product-plan.ts';
import type { PlanWarning } from '../read-plan.ts';

export interface FilesRequest {
  readonly config: Config;
  readonly slug: string | undefined;
  readonly products: readonly ProductName[];
  readonly signal: AbortSignal;
}

export interface ReadFiles extends Status {
  readonly source: 'index' | 'plan';
  /** When the files were looked at, milliseconds since 1970. */
  readonly checkedAt: number;
  readonly warnings: readonly PlanWarning[];
  /** Why there is nothing to show. */
  readonly missing?: ContrailError;
}

export function isEverything({ slug, products }: FilesRequest): boolean {
  return slug === undefined && products.length === PRODUCTS.length;
}
