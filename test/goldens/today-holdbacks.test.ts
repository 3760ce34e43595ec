/** The holdback cases of `test/fixtures/today`, or of CONTRAIL_FIXTURES: what is expected, and which alerts open. */
import { expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../src/adapters/memory/monitoring-reader.ts';
import type { SourceValues, WatchedExperiment } from '../../src/alerts/inputs.ts';
import { isRunning } from '../../src/alerts/running.ts';
import type { AnalysisPeriod } from '../../src/domain/analysis-period.ts';
import { expectedPeriods } from '../../src/domain/expected-files.ts';
import { experimentStatus } from '../../src/domain/experiments-table.ts';
import { isRollingHoldback } from '../../src/domain/rolling-holdback.ts';
import { METADATA } from '../../src/domain/object-metadata.ts';
import { statisticsObjectName } from '../../src/domain/statistics-name.ts';
import { MICROS_PER_MS, parseTimestamp } from '../../src/domain/utc-time.ts';
import { resultsOf } from '../../src/experiment-record/results-view.ts';
import { fileStates } from '../../src/producer/file-states.ts';
import { statisticsFiles } from '../../src/producer/statistics-files.ts';
import { alertInputs, counts, experiment, findingsOf, funnel, verdictOf } from '../support/alert-world.ts';
import { makePlanWorld } from '../support/plan-world.ts';
import { memoryTable, numberedRows } from '../support/statistics-table.ts';
import { type HoldbackCase, holdbackCases, todayFolder } from '../support/today-files.ts';

const LAG_MS = 6 * 3_600_000;

/** The states of all statistics files, planned from the listed tables and objects, with no job in the queue. */
async function statesOf({ experiment: record, tables, objects, now }: HoldbackCase): Promise<Record<string, string>> {
  const world = makePlanWorld();
  world.time.now = Date.parse(now);
  world.api.replace([record]);
  for (const { name, kind, modified, description } of tables) {
    const changedAt = Date.parse(modified);
    if (kind === 'view') world.source.setView(name, changedAt);
    else
      world.source.set(
        name,
        memoryTable(numberedRows(2), { changedAt, ...(description === null ? {} : { description }) }),
      );
  }
  for (const [period, { version, windows }] of Object.entries(objects)) {
    const name = statisticsObjectName(record.slug, period as AnalysisPeriod);
    const facts = { [METADATA.sourceVersion]: new Date(version).toISOString(), [METADATA.windows]: windows.join(',') };
    await world.publish('[]', facts, name);
  }
  const history = { reader: new MemoryMonitoringReader(world.sink), now: world.time.now };
  const plan = statisticsFiles(await world.plan());
  const states = await fileStates(plan, { queue: world.queue, history, lagMs: LAG_MS }, world.never);
  return Object.fromEntries(states.map(({ period, state }) => [period ?? '', state]));
}

function watched({ experiment: record, now }: HoldbackCase): WatchedExperiment {
  const facts = resultsOf(record);
  const end = facts.endDate === null ? null : (parseTimestamp(facts.endDate) ?? null);
  const status = experimentStatus(end, Date.parse(now) * MICROS_PER_MS);
  return experiment({ ...facts, slug: record.slug, appName: record.appName, status });
}

/** A case in which all but the results is well. */
function setup(test: HoldbackCase) {
  const subject = watched(test);
  const objects = Object.keys(test.objects).map((period) =>
    statisticsObjectName(subject.slug, period as AnalysisPeriod),
  );
  const sources: Partial<SourceValues> = {
    experiments: [subject],
    enrollmentCounts: new Map([[subject.slug, counts({ control: [5000, 10], treatment: [5000, 10] })]]),
    enrollmentFunnel: funnel({}, Date.parse(test.now)),
    objects: new Set(objects),
    tables: test.tables.map(({ name, modified }) => ({ name, changedAt: Date.parse(modified) })),
  };
  return { subject, inputs: alertInputs(sources, Date.parse(test.now)) };
}

it.each(holdbackCases(todayFolder()).map((test) => [test.name, test] as const))('%s', async (_, test) => {
  const now = Date.parse(test.now);
  const { subject, inputs } = setup(test);

  const isOpen = (rule: string): boolean => verdictOf(rule, inputs) === 'failing';
  const [missing] = findingsOf('A2', inputs);
  const found = {
    running: isRunning(subject, now),
    rolling: isRollingHoldback(subject, now),
    expected: expectedPeriods({ ...subject, isLeftOut: false }, now),
    states: await statesOf(test),
    alerts: {
      A2: missing?.verdict.kind === 'failing' ? (missing.verdict.changeKey ?? '').split(',') : [],
      G4: isOpen('G4'),
      G5: isOpen('G5'),
      M5: isOpen('M5'),
      M6: isOpen('M6'),
    },
    evaluated: ['M1', 'M2', 'M3', 'M4'].filter((rule) => findingsOf(rule, inputs).length > 0),
  };

  const { running, rolling, expected, states, alerts, evaluated } = test.result;
  expect(found).toEqual({ running, rolling, expected, states, alerts, evaluated });
});
