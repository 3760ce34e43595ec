/** Answers to statements that the server does not know, set by a test. */
import { ExplicitContent, type ExplicitRow } from './explicit-content.ts';
import type { TableField } from './field-schema.ts';
import { RefusedError, type Refusal } from './statuses.ts';
import type { TableContent } from './table-content.ts';

/** Plain data, so that it can be sent to a server in another process. The first that matches answers. */
export interface Answer {
  /** A regular expression, found anywhere in the statement, without regard to case. */
  readonly statement: string;
  readonly fields?: readonly TableField[];
  readonly rows?: readonly ExplicitRow[];
  /** Bytes that the query is said to read; 0 unless told. */
  readonly bytes?: number;
  readonly refuse?: Refusal;
}

export class Answers {
  #answers: Answer[] = [];

  add(answer: Answer): void {
    this.#answers.push(answer);
  }

  clear(): void {
    this.#answers = [];
  }

  /** The rows set for a statement. Throws RefusedError where it is set to fail. */
  find(sql: string): { readonly content: TableContent; readonly bytes: number } | undefined {
    const answer = this.#answers.find(({ statement }) => new RegExp(statement, 'is').test(sql));
    if (answer === undefined) return undefined;
    if (answer.refuse !== undefined) throw new RefusedError(answer.refuse);
    return { content: new ExplicitContent(answer.fields ?? [], answer.rows ?? []), bytes: answer.bytes ?? 0 };
  }
}
