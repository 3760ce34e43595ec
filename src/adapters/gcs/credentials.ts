/** Who we are to Cloud Storage: the credentials that Google's clients find by themselves, or none for an emulator. */
import type { Storage } from '@google-cloud/storage';
import { ContrailError, errorText } from '../../domain/errors.ts';

export interface Credentials {
  /** Headers that sign a request. Throws CREDENTIALS_INVALID, or SERVICE_UNAVAILABLE if the token service is away. */
  headers(): Promise<Record<string, string>>;
  /** Forgets the token: the service has refused it. */
  renew(): void;
}

/** For a service that asks nobody who he is. */
export const NO_CREDENTIALS: Credentials = { headers: async () => ({}), renew: () => undefined };

/** The application default credentials: the environment's key file, gcloud's, or the machine's service account. */
export function applicationDefault(projectId: string | undefined): Credentials {
  let client: Promise<Storage> | undefined;
  return {
    async headers() {
      client ??= openClient(projectId);
      try {
        const token = await (await client).authClient.getAccessToken();
        if (typeof token !== 'string') throw new Error('the token service gave no token.');
        return { authorization: `Bearer ${token}` };
      } catch (error) {
        client = undefined;
        throw credentialsError(error);
      }
    },
    renew: () => (client = undefined),
  };
}

/** Imported late: the library takes long to load, and an emulator needs none of it. */
async function openClient(projectId: string | undefined): Promise<Storage> {
  const { Storage } = await import('@google-cloud/storage');
  return new Storage(projectId === undefined ? {} : { projectId });
}

/** An error of the library, as ours. */
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

/** Whether the way to the token service is broken, rather than our key. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status: unknown = 'status' in error ? error.status : undefined;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof status === 'number') return status >= 500 || status === 429;
  return typeof code === 'string' && /^(ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|EPIPE)/.test(code);
}
