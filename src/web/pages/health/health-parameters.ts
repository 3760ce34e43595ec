/** The parameters of the health page. */
import { z } from 'zod';
import { PageNumber, SearchText } from '../../parameters.ts';
import { STATE_FILTERS } from './matrix.ts';

export const HEALTH_PRODUCTS = ['statistics', 'metadata', 'errors'] as const;
export const HEALTH_SORTS = ['attention', 'name'] as const;

export const HealthParameters = z.object({
  app: SearchText,
  state: z.enum(STATE_FILTERS).optional(),
  product: z.enum(HEALTH_PRODUCTS).optional(),
  q: SearchText,
  sort: z.enum(HEALTH_SORTS).optional(),
  page: PageNumber,
});
export type HealthParameters = z.infer<typeof HealthParameters>;
