/** The page of errors, on the logs of this deployment. */
import { ContrailError } from '../../domain/errors.ts';
import type { LogSearch } from '../../ports/log-search.ts';
import { addErrorPages } from '../../web/pages/errors/errors-routes.ts';
import { errorsSource } from './errors-source.ts';
import type { PageContext, PageRoom } from './page-room.ts';

export const errorsRoom: PageRoom = ({ wired, ...context }) => {
  const source = errorsSource(() => openedSearch(wired), context);
  return (app) => addErrorPages(app, source);
};

/** Throws CONFIG_INVALID where no warehouse is set. */
async function openedSearch(wired: PageContext['wired']): Promise<LogSearch> {
  if (wired === undefined) throw new ContrailError('CONFIG_INVALID', 'no warehouse is set (CONTRAIL_WAREHOUSE).');
  return (await wired()).logSearch;
}
