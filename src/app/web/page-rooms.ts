/** The pages. A page adds its line here. */
import { healthRoom } from './health-room.ts';
import type { PageRoom } from './page-room.ts';

export const PAGE_ROOMS: readonly PageRoom[] = [healthRoom];
