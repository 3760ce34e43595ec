/**
 * A process with a file object store, told by its parent what to do: `fork` it with the store's folder as argument.
 * Each message is one command; the answer has its `id`. It can be made to die, or to pause, before the n-th step that
 * changes something on the disk.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { FileObjectStore } from '../../dist/adapters/filesystem/object-store.js';
import { systemClock } from '../../dist/adapters/system/clock.js';

const never = new AbortController().signal;
const store = new FileObjectStore({ root: process.argv[2], clock: systemClock });

const steps = [];
/** What to do before a step; set by a command. */
let beforeStep = async () => {};
let resume = () => {};
let heldWriter;

function watch(owner, names) {
  for (const name of names) {
    const original = owner[name];
    owner[name] = async function watched(...args) {
      steps.push(name);
      await beforeStep(name, steps.length, args);
      return original.apply(this, args);
    };
  }
}

const probe = await fs.open('/dev/null');
const fileHandle = Object.getPrototypeOf(probe);
await probe.close();
watch(fileHandle, ['write', 'writeFile', 'sync', 'utimes', 'close']);
watch(fs, ['mkdir', 'open', 'rename', 'rm', 'symlink', 'unlink']);
syncBuiltinESMExports();

const commands = {
  /** The stories of a crash test: an object is made, replaced, and its metadata are replaced. */
  async tell({ name }) {
    const first = await publish({ name, text: 'first', ifGeneration: 'absent', metadata: { is: 'first' } });
    const second = await publish({
      name,
      text: 'second',
      ifGeneration: first.generation,
      metadata: { is: 'second' },
    });
    const update = { name, ifGeneration: second.generation, metadata: { is: 'third' }, signal: never };
    await store.updateMetadata(update);
    return { steps };
  },
  dieBeforeStep({ step }) {
    beforeStep = async (_, count) => {
      if (count === step) process.kill(process.pid, 'SIGKILL');
    };
  },
  /** Stops before a file is renamed into `folder`: `statistics` is the step that puts an object in place. */
  pauseBeforeRename({ folder }) {
    beforeStep = async (name, _, args) => {
      if (name !== 'rename' || !String(args[1]).includes(`/${folder}/`) || String(args[1]).includes('.contrail'))
        return;
      process.send({ event: 'paused' });
      await new Promise((done) => {
        resume = done;
      });
    };
  },
  resume() {
    resume();
  },
  publish,
  /** Writes the beginning of an object, and no more until `finish`. */
  async hold({ name, text }) {
    heldWriter = await store.write({ name, contentType: 'text/plain', ifGeneration: 'absent', signal: never });
    await heldWriter.write(Buffer.from(text));
  },
  async finish() {
    return heldWriter.commit({});
  },
  /** Publishes version after version: a list of numbers that are all the version, longer and shorter. */
  async publishVersions({ name, count }) {
    let generation = 'absent';
    for (let version = 1; version <= count; version++) {
      const text = JSON.stringify(Array.from({ length: ((version * 7919) % 20_000) + 1 }, () => version));
      const metadata = { version: String(version) };
      ({ generation } = await publish({ name, text, ifGeneration: generation, metadata }));
    }
  },
  async head({ name }) {
    return store.head(name, never);
  },
  async list() {
    return store.list('', never);
  },
  becomeNobody() {
    if (process.getuid() !== 0) return;
    process.setgid(65_534);
    process.setuid(65_534);
  },
};

async function publish({ name, text, ifGeneration, metadata = {} }) {
  const writer = await store.write({ name, contentType: 'text/plain', ifGeneration, signal: never });
  await writer.write(Buffer.from(text));
  return writer.commit(metadata);
}

// The answer goes back as a message, so nobody waits for the promise.
// oxlint-disable-next-line no-misused-promises
process.on('message', async ({ id, command, ...options }) => {
  try {
    process.send({ id, result: await commands[command](options) });
  } catch (error) {
    process.send({ id, failure: { code: error.code, text: error.sentence ?? error.stack } });
  }
});
process.on('disconnect', () => process.exit());
process.send({ event: 'ready' });
