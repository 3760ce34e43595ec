/** `GET errors.csv`: the rows of a selection. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { LOG_TEXT_COLUMNS } from '../../../domain/logs/log-questions.ts';
import { timestampText } from '../../../domain/utc-time.ts';
import { READER } from '../../access/guard-access.ts';
import { API_PREFIX, describeRoute } from '../../api/api-route.ts';
import { readParameters } from '../../parameters.ts';
import { csvText } from '../../text/csv.ts';
import { readPart } from './errors-api.ts';
import { ERROR_FILTERS, errorsQuery, KindId } from './errors-parameters.ts';
import type { ErrorsSource } from './errors-source.ts';
import { readSelectedRows } from './read-errors.ts';

const MOST_ROWS = 10_000;
const CHARACTERS = 2_000;
const Query = z.object({ ...ERROR_FILTERS, group: KindId.optional() });

export function addErrorsCsv(app: FastifyInstance, source: ErrorsSource): void {
  describeRoute(app, {
    method: 'GET',
    path: '/errors.csv',
    access: 'reader',
    summary: `The newest ${MOST_ROWS} rows of a selection; texts are cut after ${CHARACTERS} characters.`,
    query: Query,
    replyType: 'text/csv',
  });
  app.get(`${API_PREFIX}/errors.csv`, { config: READER }, async (request, reply) => {
    const query = readParameters(Query, request.query);
    const { filter } = errorsQuery(query, app.frame.clock.now());
    const paging = { offset: 0, limit: MOST_ROWS, characters: CHARACTERS, signal: request.signal };
    const { value: rows } = readPart(await readSelectedRows(source, { filter, group: query.group }, paging));
    const cells = rows.map((row) => [
      timestampText(row.at),
      row.category,
      row.isCritical,
      row.isWarning,
      ...LOG_TEXT_COLUMNS.map((column) => row.columns[column]),
    ]);
    return reply
      .header('cache-control', 'private, no-cache')
      .header('content-disposition', 'attachment; filename="errors.csv"')
      .type('text/csv; charset=utf-8')
      .send(csvText(['timestamp', 'category', 'is_critical', 'is_warning', ...LOG_TEXT_COLUMNS], cells));
  });
}
