import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  brokenRules,
  importCycles,
  type ImportRules,
  importsOf,
  roomOf,
  withoutComments,
} from '../support/import-graph.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

/** Where time and chance come from: all others are handed a `Clock` or a `Random`. */
const SYSTEM = 'adapters/system';

/** What several adapters share. */
const SHARED_BY_ADAPTERS = ['adapters/http', 'adapters/disk', 'adapters/object-stores'];
const OUTSIDE_ADAPTERS = ['ports', 'jobs', 'alerts', 'metric-hub', 'experiment-record', 'domain'];
/** Rooms of their own: none imports another but the shared ones. */
const ADAPTERS = [
  ...[
    'bigquery',
    'duckdb',
    'experimenter',
    'filesystem',
    'gcs',
    'metric-hub',
    'prometheus',
    'pubsub',
    'redis-server',
    'system',
    'webhook',
  ].map((name) => `adapters/${name}`),
  ...SHARED_BY_ADAPTERS,
];
const FROM_ADAPTERS = [...SHARED_BY_ADAPTERS, ...OUTSIDE_ADAPTERS];

const RULES: ImportRules = {
  rooms: {
    domain: [],
    alerts: ['domain'],
    'metric-hub': ['domain'],
    'experiment-record': ['domain'],
    config: ['alerts', 'domain'],
    jobs: ['domain'],
    ports: ['jobs', 'alerts', 'metric-hub', 'domain'],
    ...Object.fromEntries(ADAPTERS.map((room) => [room, FROM_ADAPTERS])),
    // Its job queue follows the same policy as the one on Redis.
    'adapters/memory': ['queue', ...FROM_ADAPTERS],
    producer: ['ports', 'jobs', 'alerts', 'metric-hub', 'domain'],
    workers: ['ports', 'jobs', 'alerts', 'metric-hub', 'experiment-record', 'domain'],
    queue: ['ports', 'jobs', 'domain'],
    'queue/bullmq': ['queue', 'ports', 'jobs', 'alerts', 'domain'],
    web: ['queue', 'ports', 'jobs', 'alerts', 'domain'],
    app: [
      'producer',
      'workers',
      'queue',
      'queue/bullmq',
      'web',
      ...ADAPTERS,
      'adapters/memory',
      'config',
      'ports',
      'jobs',
      'alerts',
      'metric-hub',
      'domain',
    ],
    cli: 'every',
  },
  packages: {
    bullmq: ['queue/bullmq', 'web/board'],
    ioredis: ['queue/bullmq', 'web/board'],
    '@bull-board/': ['web/board'],
    fastify: ['web'],
    '@fastify/': ['web'],
    helmet: ['web'],
    '@observablehq/plot': ['web/plots', 'web/pages'],
    linkedom: ['web/plots'],
    '@duckdb/': ['adapters/duckdb'],
    // What each of the vendor's clients is for: docs/adr/0014-http-once.md.
    '@google-cloud/bigquery': ['adapters/bigquery/job-list.ts'],
    '@google-cloud/bigquery-storage': ['adapters/bigquery'],
    '@google-cloud/pubsub': ['adapters/pubsub'],
    '@grpc/': ['adapters/bigquery'],
    '@google-cloud/storage': [],
    'google-auth-library': ['adapters/http'],
    undici: ['adapters/http'],
    'isomorphic-git': ['adapters/metric-hub'],
    pino: ['adapters/system'],
    'prom-client': ['adapters/prometheus'],
    'bullmq-otel': ['queue/bullmq/tracing.ts'],
    '@opentelemetry/': ['queue/bullmq/tracing.ts'],
    commander: ['cli'],
  },
  words: [
    { name: 'process.env', pattern: /\bprocess\s*\.\s*env\b|\benv\b[^;]*from 'node:process'/, only: ['config'] },
    {
      name: 'Date.now()',
      pattern: /\bDate\s*(?:\.\s*now\b|\[\s*['"`]now)|\}\s*=\s*(?:globalThis\s*\.\s*)?Date\b/,
      only: [SYSTEM],
    },
    {
      name: 'new Date()',
      pattern: /\bnew\s+(?:globalThis\s*\.\s*)?Date\b(?!\s*\(\s*[^\s)])|(?<!\bnew\s+(?:globalThis\s*\.\s*)?)\bDate\(/,
      only: [SYSTEM],
    },
    {
      // The module is imported for `setImmediate` alone, which lets other work go on and waits for no time to pass.
      name: 'a timer of its own',
      pattern:
        /(?<!\w\.|\w|#)set(?:Timeout|Interval)\b|\bglobalThis\s*\.\s*set(?:Timeout|Interval)\b|\bscheduler\s*\.\s*wait\b|(?<!import \{ setImmediate(?: as \w+)? \} from )['"`](?:node:)?timers(?:\/promises)?['"`]/,
      only: [SYSTEM],
    },
    {
      name: 'a deadline of its own',
      pattern: /\bAbortSignal\s*(?:\.\s*timeout\b|\[\s*['"`]timeout)|\}\s*=\s*(?:globalThis\s*\.\s*)?AbortSignal\b/,
      only: [SYSTEM],
    },
    {
      name: 'a stopwatch of its own',
      pattern:
        /\bperformance\s*(?:\.\s*now\b|\[)|=\s*(?:globalThis\s*\.\s*)?performance\b|['"`](?:node:)?perf_hooks['"`]|\bhrtime\b|\bprocess\s*\.\s*uptime\b/,
      only: [SYSTEM],
    },
    {
      // Secrets come from `randomBytes`, which no simulation may repeat.
      name: 'chance of its own',
      pattern:
        /\bMath\s*(?:\.\s*random\b|\[\s*['"`]random)|\}\s*=\s*(?:globalThis\s*\.\s*)?Math\b|\brandomUUID\b|\bgetRandomValues\b|\brandomInt\b/,
      only: [SYSTEM],
    },
    {
      // The index loads a reader of Arrow, whose two large packages `overrides` in package.json replaces by an empty one.
      name: 'the index of the Storage Read client',
      pattern: /'@google-cloud\/bigquery-storage'/,
      only: [],
    },
  ],
  pureRooms: {
    // The distance of two texts is a pure function, which others have made faster than we did.
    // So is when a cron pattern comes next.
    domain: ['node:crypto', 'node:buffer', 'croner'],
    alerts: ['node:crypto'],
    'metric-hub': ['toml-eslint-parser'],
    'experiment-record': ['zod'],
    ports: ['node:stream'],
  },
};

function sourceTree(): Map<string, string> {
  const paths = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  return new Map(
    paths.filter((path) => path.endsWith('.ts')).map((path) => [path, readFileSync(join(SOURCE, path), 'utf8')]),
  );
}

describe('the source', () => {
  it('keeps the rules of the rooms: who imports whom, and which packages', () => {
    expect(brokenRules(sourceTree(), RULES)).toEqual([]);
  });

  it('has no ring of imports, type imports included', () => {
    expect(importCycles(sourceTree())).toEqual([]);
  });

  it('is all seen by these tests', () => {
    const rooms = new Set([...sourceTree().keys()].map((path) => roomOf(path, RULES)));

    expect(rooms).toEqual(new Set(Object.keys(RULES.rooms)));
  });
});

describe('the check of the source', () => {
  it.each([
    [
      'domain/x.ts',
      `import type { A } from '../ports/a.ts';`,
      'domain/x.ts imports ports/a.ts: domain may not import ports',
    ],
    ['domain/x.ts', `import { readFile } from 'node:fs/promises';`, 'domain/x.ts imports node:fs/promises'],
    ['domain/x.ts', `import { z } from 'zod';`, 'domain/x.ts imports zod'],
    [
      'workers/x.ts',
      `import {\n  a,\n  b,\n} from '../queue/a.ts';`,
      'workers/x.ts imports queue/a.ts: workers may not import queue',
    ],
    [
      'workers/x.ts',
      `export * from '../adapters/a.ts';`,
      'workers/x.ts imports adapters/a.ts: workers may not import adapters',
    ],
    [
      'workers/x.ts',
      `const a = await import('../adapters/a.ts');`,
      'workers/x.ts imports adapters/a.ts: workers may not import adapters',
    ],
    [
      'adapters/gcs/x.ts',
      `import { a } from '../../queue/a.ts';`,
      'adapters/gcs/x.ts imports queue/a.ts: adapters/gcs may not import queue',
    ],
    [
      'adapters/gcs/x.ts',
      `import type { A } from '../bigquery/a.ts';`,
      'adapters/gcs/x.ts imports adapters/bigquery/a.ts: adapters/gcs may not import adapters/bigquery',
    ],
    [
      'adapters/memory/x.ts',
      `const a = await import('../bigquery/a.ts');`,
      'adapters/memory/x.ts imports adapters/bigquery/a.ts: adapters/memory may not import adapters/bigquery',
    ],
    [
      'adapters/http/x.ts',
      `import { a } from '../bigquery/a.ts';`,
      'adapters/http/x.ts imports adapters/bigquery/a.ts: adapters/http may not import adapters/bigquery',
    ],
    ['adapters/new/x.ts', `import { a } from '../bigquery/a.ts';`, 'adapters/new/x.ts lies in no known room'],
    ['adapters/webhook/x.ts', `import { request } from 'undici';`, 'adapters/webhook/x.ts imports undici'],
    [
      'adapters/gcs/x.ts',
      `import { Storage } from '@google-cloud/storage';`,
      'adapters/gcs/x.ts imports @google-cloud/storage',
    ],
    [
      'adapters/bigquery/x.ts',
      `import { BigQuery } from '@google-cloud/bigquery';`,
      'adapters/bigquery/x.ts imports @google-cloud/bigquery',
    ],
    [
      'adapters/gcs/x.ts',
      `const { GoogleAuth } = await import('google-auth-library');`,
      'adapters/gcs/x.ts imports google-auth-library',
    ],
    ['queue/x.ts', `import { Queue } from 'bullmq';`, 'queue/x.ts imports bullmq'],
    ['workers/x.ts', `import { Queue } from 'bullmq';`, 'workers/x.ts imports bullmq'],
    ['workers/x.ts', `import 'bullmq/dist/x.js';`, 'workers/x.ts imports bullmq/dist/x.js'],
    [
      'adapters/gcs/x.ts',
      `import { DuckDBType } from '@duckdb/node-api';`,
      'adapters/gcs/x.ts imports @duckdb/node-api',
    ],
    [
      'adapters/gcs/x.ts',
      `const { BigQuery } = await import('@google-cloud/bigquery');`,
      'adapters/gcs/x.ts imports @google-cloud/bigquery',
    ],
    ['cli/x.ts', `const home = process.env['HOME'];`, 'cli/x.ts says process.env'],
    ['cli/x.ts', `const now = Date.now();`, 'cli/x.ts says Date.now()'],
    ['cli/x.ts', `const clock = { now: Date.now };`, 'cli/x.ts says Date.now()'],
    ['cli/x.ts', `const now = new Date();`, 'cli/x.ts says new Date()'],
    ['cli/x.ts', `setTimeout(() => undefined, ms);`, 'cli/x.ts says a timer of its own'],
    ['cli/x.ts', `const timer = globalThis.setInterval;`, 'cli/x.ts says a timer of its own'],
    ['cli/x.ts', `import { setTimeout as sleep } from 'node:timers/promises';`, 'cli/x.ts says a timer of its own'],
    ['cli/x.ts', `import { a } from './gone.ts';`, 'cli/x.ts imports cli/gone.ts, which is not there'],
    ['helpers/x.ts', `import { a } from '../domain/a.ts';`, 'helpers/x.ts lies in no known room'],
  ])('finds in %s: %s', (path, code, sentence) => {
    const files = ['domain', 'ports', 'queue', 'adapters', 'adapters/bigquery'].map((room): [string, string] => [
      `${room}/a.ts`,
      '',
    ]);

    expect(brokenRules(new Map([...files, [path, code]]), RULES)).toEqual([sentence]);
  });

  it.each([
    ['Date.now()', `const now = globalThis.Date.now();`],
    ['Date.now()', `const { now } = Date;`],
    ['Date.now()', `const now = Date['now']();`],
    ['new Date()', `const now = new Date;`],
    ['new Date()', `const now = new globalThis.Date( );`],
    ['new Date()', `const text = Date();`],
    ['a timer of its own', `globalThis.setTimeout(callBack, ms);`],
    ['a timer of its own', `globalThis['setInterval'](callBack, ms);`],
    ['a timer of its own', `const { setTimeout: later } = globalThis;`],
    ['a timer of its own', `import { setTimeout } from 'node:timers';`],
    ['a timer of its own', `import { setImmediate, setInterval as every } from 'timers/promises';`],
    ['a timer of its own', `import { scheduler } from 'node:timers/promises';`],
    ['a timer of its own', `import * as timers from 'node:timers';`],
    ['a timer of its own', `import timers from "node:timers/promises";`],
    ['a timer of its own', `const timers = await import('node:timers');`],
    ['a timer of its own', `await scheduler.wait(ms);`],
    ['a deadline of its own', `const signal = AbortSignal.timeout(ms);`],
    ['a deadline of its own', `const signal = globalThis.AbortSignal.timeout(ms);`],
    ['a deadline of its own', `const { timeout } = AbortSignal;`],
    ['a stopwatch of its own', `const startedAt = performance.now();`],
    ['a stopwatch of its own', `const startedAt = globalThis.performance.now();`],
    ['a stopwatch of its own', `const { now } = performance;`],
    ['a stopwatch of its own', `import { performance } from 'node:perf_hooks';`],
    ['a stopwatch of its own', `import { performance as watch } from 'perf_hooks';`],
    ['a stopwatch of its own', `const startedAt = process.hrtime.bigint();`],
    ['a stopwatch of its own', `import { hrtime } from 'node:process';`],
    ['a stopwatch of its own', `const age = process.uptime();`],
    ['chance of its own', `const share = Math.random();`],
    ['chance of its own', `const share = globalThis.Math.random();`],
    ['chance of its own', `const { random } = Math;`],
    ['chance of its own', `const share = Math['random']();`],
    ['chance of its own', `import { randomUUID } from 'node:crypto';`],
    ['chance of its own', `const id = crypto.randomUUID();`],
    ['chance of its own', `const id = globalThis.crypto.randomUUID();`],
    ['chance of its own', `crypto.getRandomValues(bytes);`],
    ['chance of its own', `import { randomInt as dice } from 'node:crypto';`],
  ])('finds %s in: %s', (name, code) => {
    expect(brokenRules(new Map([['app/x.ts', code]]), RULES)).toEqual([`app/x.ts says ${name}`]);
    expect(brokenRules(new Map([['adapters/system/x.ts', code]]), RULES)).toEqual([]);
  });

  it.each([
    ['cli/x.ts', `import { a } from '../queue/a.ts';\nimport { b } from 'commander';`],
    ['app/x.ts', `await clock.timeout(ms);\nconst ms = clock.now() + random.fraction();\nconst then = new Date(ms);`],
    ['app/x.ts', `import { setImmediate as pause } from 'node:timers/promises';`],
    ['app/x.ts', `import { randomBytes } from 'node:crypto';\nconst part = Math.floor(1.5);`],
    ['domain/x.ts', `import { createHash } from 'node:crypto';\nimport { a } from './a.ts';`],
    ['config/x.ts', `const a = process.env;`],
    ['cli/x.ts', `const then = new Date(0);\n// Date.now() is not for us, nor process.env`],
    ['adapters/webhook/x.ts', `import { a } from '../http/a.ts';`],
    ['adapters/gcs/x.ts', `import { setImmediate } from 'node:timers/promises';\nsocket.setTimeout(1_000);`],
    ['queue/bullmq/x.ts', `import { a } from '../a.ts';\nimport { Queue } from 'bullmq';`],
    ['adapters/memory/x.ts', `import { a } from '../../queue/a.ts';`],
    ['adapters/duckdb/x.ts', `import { a } from '@duckdb/node-api';\n/** import { b } from 'bullmq'; */`],
  ])('finds nothing in %s: %s', (path, code) => {
    const tree = new Map([
      ['queue/a.ts', ''],
      ['adapters/http/a.ts', ''],
      ['domain/a.ts', ''],
      [path, code],
    ]);

    expect(brokenRules(tree, RULES)).toEqual([]);
  });

  it('finds a ring, over type imports too', () => {
    const tree = new Map([
      ['domain/a.ts', `import type { B } from './b.ts';`],
      ['domain/b.ts', `export { c } from './c.ts';`],
      ['domain/c.ts', `import { a } from './a.ts';`],
      ['domain/d.ts', `import { a } from './a.ts';`],
    ]);

    expect(importCycles(tree)).toEqual(['domain/a.ts → domain/b.ts → domain/c.ts → domain/a.ts']);
  });

  it('reads imports of every form, and no comments', () => {
    const code = [
      `import a from 'a';`,
      `import * as b from "b";`,
      `import 'c';`,
      `import type { D } from 'd';`,
      `export type { E } from 'e';`,
      `const f = import('f');`,
      `const text = 'no import from here';`,
      `// import g from 'g';`,
      `/* import h from 'h'; */`,
      `export const i = 'i';`,
    ].join('\n');

    expect(importsOf(withoutComments(code))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});
