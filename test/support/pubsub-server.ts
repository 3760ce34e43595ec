/** Google's in-memory Pub/Sub server for a test, with a topic and a subscription. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PubSub } from '@google-cloud/pubsub';
import { onTestFinished } from 'vitest';
import { freePorts } from './emulators.ts';
import { KeptProgram } from './kept-program.ts';

const PROGRAM = fileURLToPath(new URL('../../tools/pubsub-server/bin/pubsub-server', import.meta.url));
const PROJECT = 'replay-project';

export interface PubSubServer {
  /** `127.0.0.1:8085` */
  readonly address: string;
  readonly subscription: string;
  readonly publish: (...contents: readonly (string | Buffer)[]) => Promise<void>;
  /** Ends it, with all that it keeps, and starts it again at the same address. */
  readonly restart: () => Promise<void>;
}

export async function startPubSubServer(): Promise<PubSubServer> {
  if (!existsSync(PROGRAM))
    throw new Error('The Pub/Sub server is missing; get it with: node tools/pubsub-server/build.js');
  const [grpc = 0, http = 0] = await freePorts(2);
  const address = `127.0.0.1:${grpc}`;
  const folder = () => mkdtempSync(join(tmpdir(), 'contrail-pubsub-'));
  let program: KeptProgram | undefined;
  const client = new PubSub({
    projectId: PROJECT,
    apiEndpoint: address,
    emulatorMode: true,
    universeDomain: 'googleapis.com',
  });
  const start = async (): Promise<void> => {
    program = new KeptProgram(folder(), [PROGRAM, String(grpc), String(http)]);
    if (!(await program.answers(`http://127.0.0.1:${http}/`))) throw new Error(`no Pub/Sub server: ${program.output}`);
    await client.createTopic('changes');
    await client.topic('changes').createSubscription('contrail');
  };
  onTestFinished(async () => {
    await client.close();
    await program?.stop();
  });
  await start();
  return {
    address,
    subscription: `projects/${PROJECT}/subscriptions/contrail`,
    publish: async (...contents) => {
      const topic = client.topic('changes');
      await Promise.all(contents.map((content) => topic.publishMessage({ data: Buffer.from(content) })));
    },
    restart: async () => {
      await program?.stop();
      await start();
    },
  };
}
