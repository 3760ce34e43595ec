/** The pages. A page adds its line here. */
import { alertsRoom } from './alerts-room.ts';
import { enrollmentsRoom } from './enrollments-room.ts';
import { errorsRoom } from './errors-room.ts';
import { experimentRoom } from './experiment/experiment-room.ts';
import { healthRoom } from './health-room.ts';
import type { PageRoom } from './page-room.ts';
import { runsRoom } from './runs-room.ts';

export const PAGE_ROOMS: readonly PageRoom[] = [
  healthRoom,
  experimentRoom,
  errorsRoom,
  enrollmentsRoom,
  alertsRoom,
  runsRoom,
];
