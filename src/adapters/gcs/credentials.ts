/** Credentials for Cloud Storage: those that Google's library finds, or none for an emulator. */
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { HttpCredentials } from '../../ports/http.ts';
import { googleCredentials } from '../http/google-credentials.ts';

/** For an emulator, which needs no credentials. */
export const NO_CREDENTIALS: HttpCredentials = { headers: async () => ({}), renew: () => undefined };

const SCOPES = [
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/devstorage.full_control',
];

/** Throws CREDENTIALS_INVALID, or SERVICE_UNAVAILABLE if the token service is away. */
export function applicationDefault(endpoint: string, projectId: string | undefined): HttpCredentials {
  const credentials = googleCredentials({ scopes: SCOPES, endpoint, projectId });
  return {
    async headers() {
      try {
        // Without the quota project: the bucket's permissions are enough.
        const { authorization = '' } = await credentials.headers();
        return { authorization };
      } catch (error) {
        throw credentialsError(error);
      }
    },
    renew: () => credentials.renew(),
  };
}

/** Translates an error of the library. */
export function credentialsError(error: unknown): ContrailError {
  if (isOutage(error)) {
    return new ContrailError('SERVICE_UNAVAILABLE', `Google's token service did not answer: ${errorText(error)}.`, {
      cause: error,
    });
  }
  return new ContrailError('CREDENTIALS_INVALID', `There are no credentials for Cloud Storage: ${errorText(error)}`, {
    hint: 'Run `gcloud auth application-default login`, or give the workload a service account.',
    cause: error,
  });
}

/** Whether the token service could not be reached, as opposed to a bad key. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status: unknown = 'status' in error ? error.status : undefined;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof status === 'number') return status >= 500 || status === 429;
  return typeof code === 'string' && /^(ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|EPIPE)/.test(code);
}
