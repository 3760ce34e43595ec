import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { MemoryMetricHub } from '../../src/adapters/memory/metric-hub.ts';
import { fetchedMetricHub, localMetricHub } from '../../src/adapters/metric-hub/open-metric-hub.ts';
import { WebAddress } from '../../src/domain/secret.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { commitAll, type TestCommit } from '../support/git-history.ts';
import { serveGit } from '../support/git-server.ts';
import { describeMetricHub } from './metric-hub.ts';
import { httpClient } from '../support/http-client.ts';

const options = { refreshMs: 0, timeoutMs: 20_000, clock: systemClock };

describeMetricHub(
  'memory',
  (commits) => {
    const hub = new MemoryMetricHub();
    const ids = commits.map(({ files, at }) => hub.commit(files, at));
    return Promise.resolve({ hub, ids });
  },
  { hasHistory: true },
);

describeMetricHub(
  'folder',
  async (commits) => {
    const path = temporaryFolder();
    for (const [name, content] of Object.entries(commits.at(-1)?.files ?? {})) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    return { hub: await localMetricHub(path, options), ids: [] };
  },
  { hasHistory: false },
);

describeMetricHub(
  'checkout',
  async (commits) => {
    const { path, ids } = await checkout(commits);
    return { hub: await localMetricHub(path, options), ids };
  },
  { hasHistory: true },
);

describeMetricHub(
  'bare clone',
  async (commits) => {
    const { path, ids } = await checkout(commits);
    return { hub: await localMetricHub(join(path, '.git'), options), ids };
  },
  { hasHistory: true },
);

describeMetricHub(
  'over HTTP',
  async (commits) => {
    const { path, ids } = await checkout(commits);
    const server = await serveGit(path);
    onTestFinished(() => server.stop());
    const own = { ...options, http: httpClient(), cloneFolder: temporaryFolder() };
    return { hub: fetchedMetricHub(new WebAddress(server.url), own), ids };
  },
  { hasHistory: true },
);

async function checkout(commits: readonly TestCommit[]) {
  const path = temporaryFolder();
  return { path, ids: await commitAll(path, commits) };
}
