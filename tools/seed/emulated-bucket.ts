/** A bucket in a Cloud Storage emulator. */

/** Makes a bucket; one that is there stays as it is. */
export async function makeBucket(apiEndpoint: string, name: string, signal: AbortSignal): Promise<void> {
  const reply = await fetch(`${apiEndpoint}/storage/v1/b?project=seed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
    signal,
  });
  const text = await reply.text();
  if (!reply.ok && reply.status !== 409) throw new Error(`the bucket ${name} cannot be made: ${text}`);
}
