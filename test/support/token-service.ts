/** A token service on loopback, and credentials that take their tokens from it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** Lets Google's library find a key file that takes its tokens from a service which answers so. */
export async function useTokenService(status: number, answers: readonly object[]): Promise<void> {
  const left = [...answers];
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(left.shift() ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'contrail-test-'));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  writeFileSync(join(folder, 'subject'), 'subject token');
  const key = {
    type: 'external_account',
    audience: 'audience',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `http://127.0.0.1:${port}/token`,
    credential_source: { file: join(folder, 'subject') },
  };
  writeFileSync(join(folder, 'key.json'), JSON.stringify(key));
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(folder, 'key.json'));
}

/** An answer with a token. */
export const token = (text: string) => ({ access_token: text, expires_in: 3_600, token_type: 'Bearer' });
