/** Names and texts in SQL for BigQuery. */

/** A project and a dataset. */
export interface DatasetName {
  readonly project: string;
  readonly dataset: string;
}

export interface TableName extends DatasetName {
  readonly table: string;
}

/** `project.dataset.table`, for messages. */
export function tableText({ project, dataset, table }: TableName): string {
  return `${project}.${dataset}.${table}`;
}

/** A table in a query: one path in backticks. */
export function tablePath(name: TableName): string {
  return identifier(tableText(name));
}

/** A column or path in backticks. */
export function identifier(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, String.raw`\$&`)}\``;
}

/** A STRING literal. */
export function textLiteral(text: string): string {
  const escaped = text
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
  return `'${escaped}'`;
}
