/** An audit record of BigQuery about a change of a table, as a log sink publishes it; only what matters, and some of the rest. */
export function changeRecord(table: string, { project = 'replay-project', dataset = 'mozanalysis' } = {}): string {
  return JSON.stringify({
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'bigquery.googleapis.com',
      methodName: 'google.cloud.bigquery.v2.JobService.InsertJob',
      resourceName: `projects/${project}/datasets/${dataset}/tables/${table}`,
      metadata: {
        '@type': 'type.googleapis.com/google.cloud.audit.BigQueryAuditMetadata',
        tableDataChange: { insertedRowsCount: '4', reason: 'JOB', jobName: `projects/${project}/jobs/a` },
      },
    },
    insertId: 'x',
    resource: { type: 'bigquery_dataset', labels: { project_id: project, dataset_id: dataset } },
    timestamp: '2026-01-15T12:00:00Z',
    severity: 'INFO',
  });
}
