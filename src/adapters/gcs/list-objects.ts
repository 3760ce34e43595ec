/** All objects of a bucket with a prefix, page by page, with only the needed fields. */
import { type ApiClient, parseReply } from './api-client.ts';
import { OBJECT_FIELDS, ObjectPage, type ObjectResource } from './object-resource.ts';

/** The largest page of the service. */
const PAGE_OBJECTS = '1000';

export interface Listing {
  readonly objects: ObjectResource[];
  /** When the service replied, by its clock, milliseconds since 1970. */
  readonly serviceTime: number;
}

/** The objects whose names begin with `prefix`. Throws BUCKET_MISSING. */
export async function listObjects(client: ApiClient, prefix: string, signal: AbortSignal): Promise<Listing> {
  const objects: ObjectResource[] = [];
  const fields = `nextPageToken,items(${OBJECT_FIELDS})`;
  let serviceTime = 0;
  let pageToken: string | undefined;
  do {
    const call = {
      doing: `listing gs://${client.bucket}/${prefix}`,
      permission: 'storage.objects.list',
      method: 'GET',
      path: client.objectPath(),
      query: { prefix, maxResults: PAGE_OBJECTS, fields, ...(pageToken === undefined ? {} : { pageToken }) },
      signal,
    } as const;
    const reply = await client.call(call);
    const page = parseReply(ObjectPage, reply, call);
    objects.push(...page.items);
    serviceTime = Date.parse(reply.headers.date ?? '') || 0;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return { objects, serviceTime };
}
