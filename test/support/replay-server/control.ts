/** The control endpoint: what the API in JavaScript does, for a server in another process. */
import type { Answer, Answers } from './answers.ts';
import type { Catalog, TableSpec } from './catalog.ts';
import type { Counters, Counts } from './counters.ts';
import { ExplicitContent, type ExplicitRow } from './explicit-content.ts';
import type { FaultRule, Faults } from './faults.ts';
import type { Control } from './rest-server.ts';
import { RefusedError } from './statuses.ts';

export interface ControlDependencies {
  readonly catalog: Catalog;
  readonly answers: Answers;
  readonly faults: Faults;
  readonly counters: Counters;
}

/** Answers requests to `/__replay/<name>`; see README.md. */
export function controlOf({ catalog, answers, faults, counters }: ControlDependencies): Control {
  const actions: Readonly<Record<string, (body: unknown) => unknown>> = {
    'GET counters': () => counters.read(),
    'DELETE counters': () => counters.reset(),
    'POST faults': (rule) => faults.add(rule as FaultRule),
    'DELETE faults': () => faults.clear(),
    'POST answers': (answer) => answers.add(answer as Answer),
    'DELETE answers': () => answers.clear(),
    'POST tables': (table) => catalog.add(table as TableSpec),
    'GET memory': () => ({ peakBytes: process.resourceUsage().maxRSS * 1024 }),
  };
  return (method, name, body) => {
    const action = actions[`${method} ${name}`];
    if (action !== undefined) return action(body);
    const [kind, table = ''] = name.split('/');
    if (method === 'GET' && kind === 'rows') return rowsOf(catalog, table);
    if (method === 'DELETE' && kind === 'tables') {
      const [dataset = '', bare = ''] = table.split('.');
      return catalog.remove(dataset, bare);
    }
    throw new RefusedError({ code: 'NOT_FOUND', message: `The replay server has no control ${method} ${name}` });
  };
}

/** The rows of `dataset.table` that were written down or loaded; none where there is no such table. */
export function rowsOf(catalog: Catalog, table: string): readonly ExplicitRow[] {
  const [dataset = '', name = ''] = table.split('.');
  const content = catalog.find(dataset, name)?.content;
  if (!(content instanceof ExplicitContent)) return [];
  const names = content.fields.map((field) => field.name);
  return content.rows.map((row) => Object.fromEntries(names.map((column) => [column, row[column] ?? null])));
}

/** The control endpoint of a server in another process. */
export class ReplayControl {
  readonly #url: string;

  /** `restUrl` as the server tells it. */
  constructor(restUrl: string) {
    this.#url = `${restUrl}/__replay`;
  }

  async counters(): Promise<Counts> {
    return (await this.#ask('GET', 'counters')) as Counts;
  }

  async resetCounters(): Promise<void> {
    await this.#ask('DELETE', 'counters');
  }

  async addFault(rule: FaultRule): Promise<void> {
    await this.#ask('POST', 'faults', rule);
  }

  async clearFaults(): Promise<void> {
    await this.#ask('DELETE', 'faults');
  }

  async addTable(table: TableSpec): Promise<void> {
    await this.#ask('POST', 'tables', table);
  }

  async removeTable(table: string): Promise<void> {
    await this.#ask('DELETE', `tables/${encodeURIComponent(table)}`);
  }

  async addAnswer(answer: Answer): Promise<void> {
    await this.#ask('POST', 'answers', answer);
  }

  /** As `rowsOf`; integers come as texts. */
  async rowsOf(table: string): Promise<readonly ExplicitRow[]> {
    return (await this.#ask('GET', `rows/${encodeURIComponent(table)}`)) as ExplicitRow[];
  }

  /** The most memory that the process ever had. */
  async peakBytes(): Promise<number> {
    return ((await this.#ask('GET', 'memory')) as { readonly peakBytes: number }).peakBytes;
  }

  async #ask(method: string, name: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/${name}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The replay server refused ${method} ${name}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
