/** The search in the logs in BigQuery. */
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { LogAnswers } from '../../domain/logs/answer-questions.ts';
import type { LogSearch } from '../../ports/log-search.ts';
import { type BigQueryReaderOptions, MonitoringQueries } from './monitoring-query.ts';
import { tablePath } from './sql.ts';

export class BigQueryLogSearch extends LogAnswers implements LogSearch {
  constructor(options: BigQueryReaderOptions) {
    const queries = new MonitoringQueries(options);
    super((queryOf, signal) =>
      queries.rows(
        LOGS_TABLE,
        (name) => {
          const { sql, parameters } = queryOf({ dialect: 'bigquery', from: `${tablePath(name)} AS logs` });
          return { sql, parameters: Object.fromEntries(parameters.map((value, index) => [`p${index}`, value])) };
        },
        signal,
      ),
    );
  }
}
