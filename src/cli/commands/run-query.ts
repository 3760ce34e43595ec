/** `contrail run query`: runs one configured query in this process, without Redis. */
import { recordRunFailure, recordRunOutcome } from '../../app/attempts/record-run.ts';
import { makeRunId } from '../../app/attempts/run-id.ts';
import type { Adapters } from '../../app/compose/adapters.ts';
import { pricingOf } from '../../app/compose/pricing.ts';
import { configuredQueries, queriesFile, queryDependencies } from '../../app/compose/queries.ts';
import { clockOf, wire } from '../../app/compose/wire.ts';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import type { QueriedExperiment } from '../../domain/query-export/built-in-parameters.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import { checkSlug, quote } from '../../domain/slug.ts';
import { printable } from '../../domain/terminal-text.ts';
import { chosenExperiments, namedExperiment } from '../../workers/queries/chosen-experiments.ts';
import { dryRun } from '../../workers/queries/dry-run.ts';
import type { QueryRun } from '../../workers/queries/query-outcome.ts';
import { runQuery } from '../../workers/queries/run-query.ts';
import { isAboutExperiments, type QueryRequested } from '../../workers/queries/running-query.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { plural, printJson, printResult, say } from '../output.ts';
import { failureDocument, printOutcome } from '../print-outcome.ts';
import { progressBar } from '../progress-bar.ts';
import { printDryRun } from '../query/print-dry-run.ts';
import { listQueries } from '../query/list-queries.ts';
import { abortOnSignals } from '../signals.ts';

interface Options {
  readonly experiment?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

export async function runQueryCommand(name: string | undefined, options: Options): Promise<void> {
  if (name === undefined) return list(options);
  const config = loadConfig(['warehouse', 'bucket', 'queries']);
  const definition = queryNamed(configuredQueries(config), name);
  const { experiment } = options;
  if (experiment !== undefined) ask(() => checkExperiment(definition, experiment));
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    const request = await requestOf(adapters, { definition, experiment, signal });
    if (request === undefined) printPrivate(definition, options);
    else if (options.dryRun) await printCheck(config, adapters, { request, options });
    else await runAndPrint(config, adapters, { request, options });
  } finally {
    release();
    await adapters.close();
  }
}

function list({ experiment, dryRun: isDry, json }: Options): void {
  if (experiment !== undefined || isDry) {
    throw new ContrailError('USAGE', 'Which query? Give its name before the options.', {
      hint: 'Run `contrail run query` to list them.',
    });
  }
  const config = loadConfig([]);
  const { queries, warnings } = queriesFile(config);
  listQueries(queries, { now: clockOf(config).now(), asJson: json ?? false });
  for (const warning of warnings) say(`warning: ${printable(warning)}`);
}

function queryNamed(queries: readonly QueryExport[], name: string): QueryExport {
  const found = queries.find((query) => query.name === name);
  if (found !== undefined) {
    if (!found.isEnabled) say(`note: ${name} is not enabled, so \`contrail schedule\` does not run it.`);
    return found;
  }
  const names = queries.map((query) => query.name);
  throw new ContrailError('USAGE', `No query has the name ${quote(name)}.`, {
    hint: `${didYouMean(name, names)}Run \`contrail run query\` to list them.`,
  });
}

function checkExperiment({ name, scope }: QueryExport, experiment: string): string {
  if (scope.kind !== 'global') return checkSlug(experiment);
  throw new ContrailError('USAGE', `Query ${quote(name)} has one file for all; it takes no --experiment.`);
}

interface Asked {
  readonly definition: QueryExport;
  readonly experiment: string | undefined;
  readonly signal: AbortSignal;
}

/** Undefined if the experiment is private. */
async function requestOf(adapters: Adapters, asked: Asked): Promise<QueryRequested | undefined> {
  const { definition, signal } = asked;
  const experiments = await experimentsFor(adapters, asked);
  if (experiments === undefined) return undefined;
  const job = makeRunId(adapters.random);
  return { definition, tick: adapters.clock.now(), job, isAgain: true, experiments, signal };
}

async function experimentsFor(
  adapters: Adapters,
  { definition, experiment, signal }: Asked,
): Promise<readonly QueriedExperiment[] | undefined> {
  const deps = queryDependencies(adapters);
  const at = { now: adapters.clock.now(), signal };
  if (experiment !== undefined) {
    const named = await namedExperiment(deps, experiment, at);
    return named === undefined ? undefined : [named];
  }
  return isAboutExperiments(definition) ? chosenExperiments(deps, definition.experiments, at) : [];
}

function printPrivate({ name, object }: QueryExport, { json }: Options): void {
  const outcome = { kind: 'skipped', reason: 'the experiment is private', object } as const;
  if (json) printJson({ query: name, outcome: outcome.kind, ...outcome, files: [] });
  else printOutcome(outcome);
}

interface Work {
  readonly request: QueryRequested;
  readonly options: Options;
}

async function printCheck(config: Config, adapters: Adapters, { request, options }: Work): Promise<void> {
  const pricing = pricingOf(config);
  const name = request.definition.name;
  try {
    printDryRun(await dryRun(queryDependencies(adapters), request, pricing), pricing, options.json ?? false);
  } catch (error) {
    const failure = toContrailError(error);
    if (options.json) printJson({ query: name, ...failureDocument(failure) });
    throw failure;
  }
}

async function runAndPrint(config: Config, adapters: Adapters, { request, options }: Work): Promise<void> {
  const { name } = request.definition;
  const bar = progressBar(name, adapters.clock);
  try {
    const run = await runAndRecord(config, adapters, {
      ...request,
      onProgress: (files, ofFiles) => bar.update(files, ofFiles),
    });
    bar.stop();
    if (options.json) printJson(documentOf(name, run));
    else printRun(run);
  } catch (error) {
    bar.stop();
    const failure = toContrailError(error);
    if (options.json) printJson({ query: name, ...failureDocument(failure) });
    else if (failure.evidence !== undefined) say(printable(failure.evidence));
    throw failure;
  }
}

async function runAndRecord(config: Config, adapters: Adapters, request: QueryRequested): Promise<QueryRun> {
  const { definition, job } = request;
  const recorded = {
    adapters,
    config,
    product: 'query',
    query: definition.name,
    job,
    startedAt: adapters.clock.now(),
  } as const;
  try {
    const run = await runQuery(queryDependencies(adapters), request);
    await recordRunOutcome(recorded, run.outcome, run.events);
    return run;
  } catch (error) {
    const failure = toContrailError(error);
    await recordRunFailure(recorded, failure);
    throw failure;
  }
}

function documentOf(name: string, { outcome, files }: QueryRun) {
  return {
    query: name,
    outcome: outcome.kind,
    ...outcome,
    files: files.map((file) => ({ outcome: file.kind, ...file })),
  };
}

function printRun({ files }: QueryRun): void {
  for (const file of files) printOutcome(file, 'row');
  if (files.length === 0) printResult('nothing to publish: no experiment is chosen');
  else if (files.length > 1) printResult(`${plural(files.length, 'file')}: ${countsText(files)}`);
}

/** `2 published, 14 unchanged` */
function countsText(files: QueryRun['files']): string {
  const counts = new Map<string, number>();
  for (const { kind } of files) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
