/** Which permissions the credentials have on the bucket. Asking needs none. */
import { z } from 'zod';
import { type ApiClient, parseReply } from './api-client.ts';

const Reply = z.object({ permissions: z.array(z.string()).default([]) });

export async function heldPermissions(
  client: ApiClient,
  permissions: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const query = permissions.map((permission) => `permissions=${encodeURIComponent(permission)}`).join('&');
  const call = {
    doing: `asking for rights in gs://${client.bucket}`,
    permission: 'none',
    method: 'GET',
    path: `/storage/v1/b/${encodeURIComponent(client.bucket)}/iam/testPermissions?${query}`,
    signal,
  } as const;
  return parseReply(Reply, await client.call(call), call).permissions;
}
