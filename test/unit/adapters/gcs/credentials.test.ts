/** The application default credentials, with a token service of our own. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { applicationDefault, credentialsError } from '../../../../src/adapters/gcs/credentials.ts';
import { GcsObjectStore } from '../../../../src/adapters/gcs/object-store.ts';
import { recordedLog } from '../../../support/recorded-log.ts';
import { token, useTokenService } from '../../../support/token-service.ts';
import { never } from './gcs-world.ts';
import { httpClient } from '../../../support/http-client.ts';

const ENDPOINT = 'https://storage.googleapis.com';

it('signs requests with the token of the credentials that are found, and asks for one token only', async () => {
  await useTokenService(200, [token('one'), token('two')]);
  const credentials = applicationDefault(ENDPOINT, 'project');

  const headers = [await credentials.headers(), await credentials.headers()];

  expect(headers).toEqual([{ authorization: 'Bearer one' }, { authorization: 'Bearer one' }]);
});

it('asks for another token when the first was refused', async () => {
  await useTokenService(200, [token('one'), token('two')]);
  const credentials = applicationDefault(ENDPOINT, 'project');
  await credentials.headers();

  credentials.renew();

  expect(await credentials.headers()).toEqual({ authorization: 'Bearer two' });
});

it('reports a token service that refuses the key', async () => {
  await useTokenService(400, [{ error: 'invalid_grant' }]);

  await expect(applicationDefault(ENDPOINT, 'project').headers()).rejects.toMatchObject({
    code: 'CREDENTIALS_INVALID',
  });
});

it('reports a key file that is not there before anything is sent', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/not/there.json');
  const options = {
    bucket: 'bucket',
    apiEndpoint: 'https://127.0.0.1:1',
    projectId: 'project',
    http: httpClient(),
    clock: systemClock,
    random: systemRandom,
    log: recordedLog(),
  };
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
