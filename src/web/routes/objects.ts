/** Published objects: a list, and each one unchanged. */
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { ANALYSIS_PERIODS } from '../../domain/analysis-period.ts';
import { errorsObjectName } from '../../domain/errors-export.ts';
import { ContrailError } from '../../domain/errors.ts';
import { metadataObjectName } from '../../domain/metadata-name.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { statisticsObjectName } from '../../domain/statistics-name.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { READER } from '../access/guard-access.ts';
import { table } from '../frame/table.ts';
import { sendPage } from '../frame/send-page.ts';
import { momentText } from '../text/times.ts';
import { html } from '../views/html.ts';

export const OBJECTS_PREFIX = '/objects/';

/** The folders that may be shown. */
const FOLDERS = ['statistics/', 'metadata/', 'errors/'] as const;

export function addObjectRoutes(app: FastifyInstance, store: ObjectStore): void {
  app.get<{ Querystring: { experiment?: unknown } }>(OBJECTS_PREFIX, { config: READER }, async (request, reply) => {
    const { experiment } = request.query;
    const lists = await Promise.all(FOLDERS.map((folder) => store.list(folder, request.signal)));
    const isWanted = typeof experiment === 'string' ? belongsTo(experiment) : () => true;
    const objects = lists
      .flat()
      .filter(({ name }) => isWanted(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const body = table({
      caption: 'Published objects',
      columns: [
        { name: 'Object' },
        { name: 'Rows', kind: 'number' },
        { name: 'Bytes', kind: 'number' },
        { name: 'Published', kind: 'time' },
      ],
      rows: objects.map((object) => [
        html`<a href="${objectPath(object.name)}">${object.name}</a>`,
        countText(object.metadata[METADATA.rows]),
        countText(object.bytes),
        momentText(object.changedAt),
      ]),
    });
    const count = objects.length === 1 ? '1 object is published' : `${objects.length} objects are published`;
    const title = typeof experiment === 'string' ? `${count} of ${shortened(experiment)}` : count;
    return sendPage(reply, { headline: title, body });
  });

  app.get<{ Params: { '*': string } }>(
    `${OBJECTS_PREFIX}*`,
    { config: READER, compress: false },
    async (request, reply) => {
      const name = request.params['*'];
      const bytes = await readObject(store, name, request.signal);
      if (bytes === undefined) {
        const body = html`<p>${name} has not been published. <a href="${OBJECTS_PREFIX}">All objects</a></p>`;
        reply.code(404);
        return sendPage(reply, { headline: 'Object not found', body });
      }
      return reply.type('application/json').send(bytes);
    },
  );
}

/** Path of the list of an experiment's objects; the list exists even if it is empty. */
export function experimentObjectsPath(experiment: string): string {
  return `${OBJECTS_PREFIX}?experiment=${encodeURIComponent(experiment.toWellFormed())}`;
}

/** Whether an object belongs to an experiment, by its name. */
function belongsTo(experiment: string): (name: string) => boolean {
  const names = new Set([
    metadataObjectName(experiment),
    errorsObjectName(experiment),
    ...ANALYSIS_PERIODS.map((period) => statisticsObjectName(experiment, period)),
  ]);
  return (name) => names.has(name);
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** Path of an object's page; other programs may have put any character into its name. */
export function objectPath(name: string): string {
  return `${OBJECTS_PREFIX}${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** The bytes of an object that may be shown; undefined for an impossible name. */
async function readObject(store: ObjectStore, name: string, signal: AbortSignal): Promise<Readable | undefined> {
  const isShown = FOLDERS.some((folder) => name.startsWith(folder)) && !name.split('/').includes('..');
  if (!isShown) return undefined;
  try {
    return await store.read(name, signal);
  } catch (error) {
    if (error instanceof ContrailError && error.code === 'VALUE_INVALID') return undefined;
    throw error;
  }
}

/** `2520` → `2,520`; empty for objects of other programs. */
function countText(count: string | number | undefined): string {
  return count === undefined ? '' : Number(count).toLocaleString('en-US');
}
