/** The application default credentials, with a token service of our own. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { applicationDefault, credentialsError } from '../../../../src/adapters/gcs/credentials.ts';
import { GcsObjectStore } from '../../../../src/adapters/gcs/object-store.ts';
import { recordedLog } from '../../../support/recorded-log.ts';
import { never } from './gcs-world.ts';

/** Lets Google's clients find a key file that takes its tokens from a service which answers so. */
async function useTokenService(status: number, answers: readonly object[]): Promise<void> {
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

const token = (text: string) => ({ access_token: text, expires_in: 3_600, token_type: 'Bearer' });

it('signs requests with the token of the credentials that are found, and asks for one token only', async () => {
  await useTokenService(200, [token('one'), token('two')]);
  const credentials = applicationDefault('project');

  const headers = [await credentials.headers(), await credentials.headers()];

  expect(headers).toEqual([{ authorization: 'Bearer one' }, { authorization: 'Bearer one' }]);
});

it('asks for another token when the first was refused', async () => {
  await useTokenService(200, [token('one'), token('two')]);
  const credentials = applicationDefault('project');
  await credentials.headers();

  credentials.renew();

  expect(await credentials.headers()).toEqual({ authorization: 'Bearer two' });
});

it('reports a token service that refuses the key', async () => {
  await useTokenService(400, [{ error: 'invalid_grant' }]);

  await expect(applicationDefault('project').headers()).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
});

it('reports a key file that is not there before anything is sent', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/not/there.json');
  const options = { bucket: 'bucket', apiEndpoint: 'https://127.0.0.1:1', projectId: 'project', log: recordedLog() };
  const store = new GcsObjectStore(options);

  await expect(store.head('a', never)).rejects.toMatchObject({
    code: 'CREDENTIALS_INVALID',
    hint: expect.stringContaining('gcloud auth application-default login'),
  });
});

it.each([
  [Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'SERVICE_UNAVAILABLE'],
  [Object.assign(new Error('Service Unavailable'), { status: 503 }), 'SERVICE_UNAVAILABLE'],
  [Object.assign(new Error('invalid_grant'), { status: 400 }), 'CREDENTIALS_INVALID'],
  [new Error('Could not load the default credentials.'), 'CREDENTIALS_INVALID'],
])('takes “%s” for %s', (error, code) => {
  expect(credentialsError(error)).toMatchObject({ code, cause: error });
});
