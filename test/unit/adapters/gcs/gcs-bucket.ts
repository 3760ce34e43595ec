/** What our Cloud Storage does with a request: one bucket named `bucket`, its objects and its upload sessions. */
import { crc32cOf } from './plain-crc32c.ts';
import type { ReceivedRequest } from './gcs-server.ts';

const sums = new WeakMap<Buffer, string>();

/** The checksum of bytes that nobody changes any more: large objects are asked for often. */
function sumOf(bytes: Buffer): string {
  const sum = sums.get(bytes) ?? crc32cOf(bytes);
  sums.set(bytes, sum);
  return sum;
}

export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly body?: Buffer;
  readonly headers?: Record<string, string>;
}

export interface KeptObject {
  readonly bytes: Buffer;
  readonly generation: number;
  readonly metageneration: number;
  readonly created: Date;
  readonly metadata: Record<string, string>;
  readonly contentType: string;
  readonly contentEncoding?: string;
}

interface Session {
  readonly name: string;
  readonly ifGeneration: string | null;
  readonly resource: { contentType: string; contentEncoding?: string };
  pieces: Buffer[];
  kept: number;
  finished?: Reply;
}

export class Bucket {
  readonly objects = new Map<string, KeptObject>();
  /** Largest page of a listing. */
  pageObjects = 1000;
  /** What the caller may do with the bucket. */
  permissions: readonly string[] = ['storage.objects.create', 'storage.objects.delete', 'storage.objects.get'];
  /** Keep no bytes of sessions, for objects that are too large for that. */
  countsOnly = false;
  readonly #sessions = new Map<string, Session>();
  #generations = 1000;

  /** Puts an object in place as another client would. */
  put(name: string, bytes: Buffer, attributes: Partial<KeptObject> = {}): KeptObject {
    const object = {
      bytes,
      generation: ++this.#generations,
      metageneration: 1,
      created: new Date(),
      metadata: {},
      contentType: 'application/json',
      ...attributes,
    };
    this.objects.set(name, object);
    return object;
  }

  /** Keeps what arrived of a chunk before the connection broke: whole units of 256 KiB, as the service does. */
  keepOfChunk(request: ReceivedRequest, body: Buffer): void {
    const session = this.#sessions.get(request.path);
    const unit = 256 * 1024;
    if (session !== undefined) keep(session, body.subarray(0, Math.floor(body.length / unit) * unit), this.countsOnly);
  }

  /** Lets a session forget all that it has. */
  forgetSessions(): void {
    for (const session of this.#sessions.values()) Object.assign(session, { pieces: [], kept: 0 });
  }

  answer(request: ReceivedRequest, body: Buffer, url: string): Reply {
    if (request.path.startsWith('/session/')) return this.#session(request, body);
    if (request.path === '/storage/v1/b/bucket/iam/testPermissions') {
      const asked = request.query.getAll('permissions');
      return { status: 200, json: { permissions: asked.filter((name) => this.permissions.includes(name)) } };
    }
    const [, bucket, rest = ''] = /^(?:\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/(.*))?$/.exec(request.path) ?? [];
    if (bucket !== 'bucket') return refusal(404, 'The specified bucket does not exist.');
    const name = decodeURIComponent(rest.replace(/\/compose$/, ''));
    switch (request.kind) {
      case 'list':
        return this.#list(request);
      case 'upload':
        return this.#upload(request, body);
      case 'start':
        return this.#start(request, body, url);
      case 'compose':
        return this.#compose(request, name, body);
      default:
        return this.#one(request, name, body);
    }
  }

  #one(request: ReceivedRequest, name: string, body: Buffer): Reply {
    const object = this.objects.get(name);
    if (object === undefined) return refusal(404, `No such object: bucket/${name}`);
    const { query } = request;
    if (!isMatch(query.get('ifGenerationMatch'), object.generation)) return conditionNotMet();
    if (!isMatch(query.get('ifMetagenerationMatch'), object.metageneration)) return conditionNotMet();
    if (request.kind === 'media') return media(object, request);
    if (request.kind === 'get') return ok(name, object);
    if (request.kind === 'delete') {
      this.objects.delete(name);
      return { status: 204 };
    }
    const changes: Record<string, string | null> = JSON.parse(body.toString()).metadata;
    const merged = Object.entries({ ...object.metadata, ...changes }).filter(([, value]) => value !== null);
    const metadata = Object.fromEntries(merged) as Record<string, string>;
    const patched = { ...object, metadata, metageneration: object.metageneration + 1 };
    this.objects.set(name, patched);
    return ok(name, patched);
  }

  #list({ query }: ReceivedRequest): Reply {
    const names = [...this.objects.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '')).sort();
    const from = Number(query.get('pageToken') ?? 0);
    const to = from + Math.min(this.pageObjects, Number(query.get('maxResults') ?? 1000));
    const items = names.slice(from, to).map((name) => resource(name, this.objects.get(name)!));
    const json = { kind: 'storage#objects', ...(items.length === 0 ? {} : { items }) };
    return { status: 200, json: to < names.length ? { ...json, nextPageToken: String(to) } : json };
  }

  #upload({ query, headers }: ReceivedRequest, body: Buffer): Reply {
    const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
    const [, head = '', ...rest] = body.toString('latin1').split(`--${boundary}`);
    const content = rest.slice(0, -1).join(`--${boundary}`);
    const given = JSON.parse(Buffer.from(partBody(head), 'latin1').toString('utf8'));
    const bytes = Buffer.from(partBody(content), 'latin1');
    const refused = this.#refuses(given.name, query.get('ifGenerationMatch'), bytes, given.crc32c);
    return refused ?? ok(given.name, this.put(given.name, bytes, given));
  }

  #start({ query }: ReceivedRequest, body: Buffer, url: string): Reply {
    const resource = JSON.parse(body.toString());
    const path = `/session/${this.#sessions.size}`;
    const ifGeneration = query.get('ifGenerationMatch');
    if (!isMatch(ifGeneration, this.objects.get(resource.name)?.generation ?? 0)) return conditionNotMet();
    this.#sessions.set(path, { name: resource.name, ifGeneration, resource, pieces: [], kept: 0 });
    return { status: 200, headers: { location: url + path } };
  }

  #session({ path, kind, headers }: ReceivedRequest, body: Buffer): Reply {
    const session = this.#sessions.get(path);
    if (session === undefined) return refusal(410, 'The upload session is gone.');
    if (session.finished !== undefined) return session.finished;
    if (kind === 'cancel') {
      this.#sessions.delete(path);
      return { status: 499 };
    }
    const [, first, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (first !== undefined && Number(first) !== session.kept) return refusal(400, `Bytes ${session.kept} come next.`);
    keep(session, body, this.countsOnly);
    if (Number(total) === session.kept) return this.#finish(session, headers['x-goog-hash']);
    return session.kept === 0 ? { status: 308 } : { status: 308, headers: { range: `bytes=0-${session.kept - 1}` } };
  }

  #finish(session: Session, hash: string | string[] | undefined): Reply {
    const bytes = Buffer.concat(session.pieces);
    const crc32c = /crc32c=(.*)/.exec(String(hash))?.[1];
    const refused = this.#refuses(session.name, session.ifGeneration, bytes, this.countsOnly ? undefined : crc32c);
    if (refused !== undefined) return refused;
    const reply = ok(session.name, this.put(session.name, bytes, session.resource));
    session.finished = this.countsOnly ? { ...reply, json: { ...Object(reply.json), crc32c } } : reply;
    return session.finished;
  }

  #compose({ query }: ReceivedRequest, name: string, body: Buffer): Reply {
    const { sourceObjects, destination } = JSON.parse(body.toString());
    const sources: { name: string }[] = sourceObjects;
    if (sources.length > 32) return refusal(400, 'The number of source components exceeds the maximum (32)');
    const missing = sources.find((source) => !this.objects.has(source.name));
    if (missing !== undefined) return refusal(404, `No such object: bucket/${missing.name}`);
    const bytes = Buffer.concat(sources.map((source) => this.objects.get(source.name)!.bytes));
    const refused = this.#refuses(name, query.get('ifGenerationMatch'), bytes, undefined);
    return refused ?? ok(name, this.put(name, bytes, destination));
  }

  #refuses(name: string, ifGeneration: string | null, bytes: Buffer, crc32c: string | undefined): Reply | undefined {
    if (!isMatch(ifGeneration, this.objects.get(name)?.generation ?? 0)) return conditionNotMet();
    const found = sumOf(bytes);
    if (crc32c === undefined || crc32c === found) return undefined;
    return refusal(400, `Provided CRC32C "${crc32c}" doesn't match calculated CRC32C "${found}".`);
  }
}

/** A refusal as the service words it. */
export function refusal(status: number, message: string, reason = 'reason'): Reply {
  return { status, json: { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } } };
}

function keep(session: Session, bytes: Buffer, countsOnly: boolean): void {
  session.kept += bytes.length;
  if (!countsOnly) session.pieces.push(bytes);
}

function isMatch(condition: string | null, found: number): boolean {
  return condition === null || Number(condition) === found;
}

function conditionNotMet(): Reply {
  return refusal(412, 'At least one of the pre-conditions you specified did not hold.', 'conditionNotMet');
}

function partBody(part: string): string {
  return part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '');
}

function media({ bytes, contentEncoding }: KeptObject, { headers }: ReceivedRequest): Reply {
  const isPacked = contentEncoding === 'gzip' && headers['accept-encoding'] === 'gzip';
  return {
    status: 200,
    body: bytes,
    headers: { 'x-goog-hash': `crc32c=${sumOf(bytes)},md5=x`, ...(isPacked ? { 'content-encoding': 'gzip' } : {}) },
  };
}

function ok(name: string, object: KeptObject): Reply {
  return { status: 200, json: resource(name, object) };
}

function resource(name: string, { bytes, generation, metageneration, created, metadata }: KeptObject) {
  return {
    name,
    generation: String(generation),
    metageneration: String(metageneration),
    size: String(bytes.length),
    timeCreated: created.toISOString(),
    crc32c: sumOf(bytes),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}
