/** A git server over HTTP for tests: it knows one branch and always sends all of it. */
import * as fs from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { log, packObjects, readTree, resolveRef } from 'isomorphic-git';

export interface GitServer {
  readonly url: string;
  /** How many packs were sent. */
  readonly sent: () => number;
  /** May be called twice. */
  stop(): Promise<void>;
}

const CHUNK_BYTES = 60_000;

/** Serves the repository in a folder. `behave` may answer in its stead, by returning true. */
export async function serveGit(
  dir: string,
  behave: (response: ServerResponse, request: IncomingMessage) => boolean = () => false,
): Promise<GitServer> {
  let sent = 0;
  const server = createServer((request, response) => {
    if (behave(response, request)) return;
    if (request.url?.includes('/info/refs') === true) void advertise(dir, response);
    else {
      sent += 1;
      void sendPack(dir, request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/metric-hub`,
    sent: () => sent,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function advertise(dir: string, response: ServerResponse): Promise<void> {
  const head = await resolveRef({ fs, dir, ref: 'HEAD' });
  response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
  const capabilities = 'side-band-64k ofs-delta symref=HEAD:refs/heads/main agent=test';
  response.end(
    Buffer.concat([
      line('# service=git-upload-pack\n'),
      Buffer.from('0000'),
      line(`${head} HEAD\0${capabilities}\n`),
      line(`${head} refs/heads/main\n`),
      Buffer.from('0000'),
    ]),
  );
}

async function sendPack(dir: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const chunk of request) void chunk;
  const { packfile = new Uint8Array() } = await packObjects({ fs, dir, oids: await allObjects(dir), write: false });
  response.setHeader('content-type', 'application/x-git-upload-pack-result');
  response.write(line('NAK\n'));
  for (let at = 0; at < packfile.length; at += CHUNK_BYTES) {
    response.write(line(Buffer.concat([Buffer.from([1]), packfile.subarray(at, at + CHUNK_BYTES)])));
  }
  response.end('0000');
}

async function allObjects(dir: string): Promise<string[]> {
  const oids = new Set<string>();
  for (const { oid, commit } of await log({ fs, dir, ref: 'HEAD' })) {
    oids.add(oid);
    await addTree(dir, commit.tree, oids);
  }
  return [...oids];
}

async function addTree(dir: string, oid: string, oids: Set<string>): Promise<void> {
  if (oids.has(oid)) return;
  oids.add(oid);
  const { tree } = await readTree({ fs, dir, oid });
  for (const entry of tree) {
    if (entry.type === 'tree') await addTree(dir, entry.oid, oids);
    else oids.add(entry.oid);
  }
}

/** A line as git frames it: four hex digits of its length, which count themselves. */
function line(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}
