/** Credentials for Google's services: the environment's key file, gcloud's login, or the machine's service account. */
import type { AuthClient, GoogleAuth } from 'google-auth-library';
import type { HttpCredentials } from '../../ports/http.ts';

export interface GoogleCredentialsOptions {
  /** The scope of the tokens: `https://www.googleapis.com/auth/bigquery`. */
  readonly scopes: readonly string[];
  /** The requested URL, because a few kinds of tokens are valid for one only. */
  readonly endpoint: string;
  readonly projectId?: string | undefined;
}

/** Any name keeps the library from searching for the project, which tokens do not need. */
const NO_PROJECT = '-';

/** The application default credentials. Throws the library's errors, for the adapter to translate. */
export function googleCredentials({
  scopes,
  endpoint,
  projectId = NO_PROJECT,
}: GoogleCredentialsOptions): HttpCredentials {
  let auth: Promise<GoogleAuth> | undefined;
  // Loaded on demand: it takes a while, and emulators do not need it.
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

/** For a vendor's client that talks to an emulator. */
export async function noCredentials(): Promise<AuthClient> {
  const { PassThroughClient } = await import('google-auth-library');
  return new PassThroughClient();
}
