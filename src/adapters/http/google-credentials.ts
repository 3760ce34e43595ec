/** Who we are to Google's services: the environment's key file, gcloud's login, or the machine's service account. */
import type { AuthClient, GoogleAuth } from 'google-auth-library';
import type { HttpCredentials } from '../../ports/http.ts';

export interface GoogleCredentialsOptions {
  /** What the tokens are good for: `https://www.googleapis.com/auth/bigquery`. */
  readonly scopes: readonly string[];
  /** The address that is asked: a few kinds of tokens are made for one only. */
  readonly endpoint: string;
  readonly projectId?: string | undefined;
}

/** Any name keeps the library from looking for the project, which no token needs. */
const NO_PROJECT = '-';

/** The application default credentials. Throws what the library throws, for the adapter to translate. */
export function googleCredentials({
  scopes,
  endpoint,
  projectId = NO_PROJECT,
}: GoogleCredentialsOptions): HttpCredentials {
  let auth: Promise<GoogleAuth> | undefined;
  // Loaded when it is needed: it takes a while, and an emulator needs none of it.
  const open = async (): Promise<GoogleAuth> => {
    const { GoogleAuth } = await import('google-auth-library');
    return new GoogleAuth({ scopes: [...scopes], projectId });
  };
  return {
    async headers() {
      auth ??= open();
      try {
        const headers = await (await auth).getRequestHeaders(endpoint);
        if (headers.get('authorization') === null) throw new Error('the token service gave no token.');
        return Object.fromEntries(headers);
      } catch (error) {
        auth = undefined;
        throw error;
      }
    },
    renew: () => (auth = undefined),
  };
}

/** For a client of the vendor that asks an emulator. */
export async function noCredentials(): Promise<AuthClient> {
  const { PassThroughClient } = await import('google-auth-library');
  return new PassThroughClient();
}
