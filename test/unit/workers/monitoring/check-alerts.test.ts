import { describe, expect, it } from 'vitest';
import { MemoryAlertIndex } from '../../../../src/adapters/memory/alert-index.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import type { EnrollmentFunnel } from '../../../../src/alerts/enrollment-funnel.ts';
import type { AlertInputs } from '../../../../src/alerts/inputs.ts';
import type { AlertMessage } from '../../../../src/alerts/message.ts';
import type { AlertRow } from '../../../../src/alerts/row.ts';
import { ALERT_RULES } from '../../../../src/alerts/rules.ts';
import { isSilenceRow, newestRows } from '../../../../src/alerts/row.ts';
import { liftSilence, silenceRule } from '../../../../src/alerts/silence.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { Notifier } from '../../../../src/ports/notifier.ts';
import { checkAlerts } from '../../../../src/workers/monitoring/check-alerts.ts';
import { alertInputs, counts, experiment, funnel, NOW } from '../../../support/alert-world.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const never = new AbortController().signal;

class RecordingNotifier implements Notifier {
  readonly messages: AlertMessage[] = [];
  isReachable = true;

  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async send(message: AlertMessage): Promise<void> {
    if (!this.isReachable) throw new ContrailError('SERVICE_UNAVAILABLE', 'It is not there.');
    this.messages.push(message);
  }
}

function setup() {
  const sink = new MemoryRecordSink();
  const world = {
    now: NOW,
    inputs: alertInputs(),
    sink,
    slack: new RecordingNotifier('slack'),
    hook: new RecordingNotifier('hook'),
    log: recordedLog(),
    index: new MemoryAlertIndex(),
    async check() {
      world.now += 300_000;
      return checkAlerts(
        {
          rules: ALERT_RULES,
          limits: {},
          inputs: async (): Promise<AlertInputs> => ({ ...world.inputs, now: world.now }),
          history: { alerts: async () => world.rows() },
          index: world.index,
          sink,
          silences: [],
          notifiers: [world.slack, world.hook],
          clock: { now: () => world.now },
          log: world.log,
        },
        [`tick-${world.now}`],
        never,
      );
    },
    alert: (rule: string) => {
      const found = newestRows(world.rows()).filter((row) => row.rule === rule && !isSilenceRow(row));
      const [alert] = found;
      if (alert === undefined) throw new Error(`there is no alert of ${rule}`);
      return alert;
    },
    rows: () => sink.rows('alerts_v1') as unknown as readonly AlertRow[],
  };
  return world;
}

const spikes = (slugs: readonly string[]) =>
  alertInputs({
    experiments: slugs.map((slug) => experiment({ slug })),
    enrollmentCounts: new Map(slugs.map((slug) => [slug, counts({ control: [5000, 900], treatment: [5000, 900] })])),
    objects: new Set(slugs.map((slug) => `statistics/statistics_${slug.replaceAll('-', '_')}_daily.json`)),
  });

describe('checkAlerts', () => {
  it('writes nothing and says nothing when all is well', async () => {
    const world = setup();

    const result = await world.check();

    expect(result).toMatchObject({ open: 0, opened: 0, sent: 0, unsent: [] });
    expect(world.rows()).toEqual([]);
  });

  it('opens an alert, tells each target once, and resolves it', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);

    const opened = await world.check();
    const again = await world.check();
    world.inputs = alertInputs();
    const resolved = await world.check();

    expect(opened).toMatchObject({ open: 2, opened: 2, sent: 2 });
    expect(again).toMatchObject({ open: 2, opened: 0, sent: 0 });
    expect(resolved).toMatchObject({ open: 0, resolved: 2 });
    expect(world.slack.messages.map(({ title }) => title)).toEqual(['1 alert opened']);
    expect(world.rows().filter((row) => row.rule === 'M1')).toMatchObject([
      { state: 'open', notified: [{ target: 'slack' }, { target: 'hook' }] },
      { state: 'resolved' },
    ]);
  });

  it('tells of the first results of a period once, also after reruns', async () => {
    const world = setup();
    const weekly = new Set(['statistics/statistics_my_slug_weekly.json']);
    const both = new Set([...weekly, 'statistics/statistics_my_slug_overall.json']);
    const marked = experiment({ doRerun: true, rerunRequestedAt: NOW });

    for (const inputs of [
      alertInputs({ objects: weekly }),
      alertInputs({ objects: weekly }),
      alertInputs({ objects: both }),
      alertInputs({ objects: 'the bucket is away' }),
      alertInputs({ objects: new Set<string>() }),
      alertInputs({ objects: both, experiments: [marked] }),
    ]) {
      world.inputs = inputs;
      await world.check();
    }

    const told = world.slack.messages.flatMap(({ alerts }) => alerts.filter(({ rule }) => rule === 'A3'));
    expect(told.map(({ subject }) => subject)).toEqual(['my-slug weekly', 'my-slug overall']);
    expect(world.rows().filter(({ rule, state }) => rule === 'A3' && state !== 'resolved')).toEqual([]);
    expect(world.rows().filter(({ rule }) => rule === 'A3')).toHaveLength(2);
  });

  it('makes one message of a storm', async () => {
    const world = setup();
    world.inputs = spikes(Array.from({ length: 50 }, (_, index) => `slug-${index}`));

    await world.check();

    expect(world.slack.messages).toHaveLength(1);
    expect(world.slack.messages[0]?.count).toBe(50);
  });

  it('keeps an alert that could not be told, and tells it at the next check', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    world.slack.isReachable = false;

    const first = await world.check();
    world.slack.isReachable = true;
    const second = await world.check();

    expect(first).toMatchObject({ opened: 2, sent: 1, unsent: ['slack'] });
    expect(world.log.lines).toMatchObject([
      { level: 'warn', fields: { target: 'slack', code: 'SERVICE_UNAVAILABLE' } },
    ]);
    expect(second).toMatchObject({ opened: 0, sent: 1, unsent: [] });
    expect([world.slack.messages.length, world.hook.messages.length]).toEqual([1, 1]);
  });

  it('tells that a source is missing, and keeps the alerts that need it without data', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    await world.check();
    world.inputs = alertInputs({ enrollmentCounts: 'no such object' });

    const result = await world.check();

    expect(result).toMatchObject({ open: 1, noData: 2, resolved: 0 });
    expect(world.rows().at(-1)).toMatchObject({ rule: 'X1', subject: 'enrollmentCounts', state: 'open' });
  });

  it.each([
    ['is absent', { kind: 'absent' }],
    ['is old', funnel({ 'my-slug': [] }, NOW - 60 * 3_600_000)],
    ['is malformed', { kind: 'malformed', problem: 'it is not JSON', changedAt: NOW }],
    ['has no list', { kind: 'read', changedAt: NOW, slugs: new Map([['my-slug', { kind: 'no list' }]]) }],
    ['has no rows', funnel({})],
    ['has no clients', funnel({ 'my-slug': [{ reason: null, conflictSlug: null, clientCount: 0 }] })],
  ] satisfies [string, EnrollmentFunnel][])(
    'keeps a feature conflict while the funnel %s, and opens none',
    async (_, noData) => {
      const conflict = funnel({ 'my-slug': [{ reason: 'FeatureConflict', conflictSlug: 'a', clientCount: 5 }] });
      const world = setup();
      const states = () => world.rows().filter((row) => row.rule === 'M4');

      world.inputs = alertInputs({ enrollmentFunnel: noData });
      await world.check();
      expect(states()).toEqual([]);
      for (const enrollmentFunnel of [conflict, noData, noData, conflict]) {
        world.inputs = alertInputs({ enrollmentFunnel });
        await world.check();
      }

      expect(states().map(({ state }) => state)).toEqual(['open', 'no_data', 'open']);
      expect(new Set(states().map((row) => row.alert_id)).size).toBe(1);
      expect(world.slack.messages.filter(({ alerts }) => alerts.some(({ rule }) => rule === 'M4'))).toHaveLength(1);
    },
  );

  it('tells that the funnel says nothing', async () => {
    const world = setup();
    const { enrollmentFunnel, ...others } = alertInputs({ enrollmentFunnel: { kind: 'absent' } }).sources;
    const told = { ...enrollmentFunnel, problem: 'the enrollment funnel is missing' };
    world.inputs = { now: NOW, sources: { ...others, enrollmentFunnel: told } };

    await world.check();

    expect(world.rows()).toMatchObject([
      { rule: 'X1', subject: 'enrollmentFunnel', summary: expect.stringContaining('the enrollment funnel is missing') },
    ]);
  });

  const quiet = { until: NOW + 86_400_000, reason: 'known', actor: 'ada' };

  it('heeds a silence that somebody left meanwhile, and stores it', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    await world.check();
    await world.index.silence(silenceRule(world.alert('M1'), quiet, world.now));

    const result = await world.check();
    world.index.lose();
    const afterwards = await world.check();

    expect([result.silenced, afterwards.silenced]).toEqual([1, 1]);
    expect(await world.index.silences()).toMatchObject([{ state: 'silenced', actor: 'ada' }]);
    expect(world.alert('M1')).toMatchObject({ state: 'silenced', actor: 'ada', silence_reason: 'known' });
    expect(world.rows().filter(isSilenceRow)).toHaveLength(1);
  });

  it('opens an alert again when its silence was lifted, also after the index was lost', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    await world.check();
    const silence = silenceRule(world.alert('M1'), quiet, world.now);
    await world.index.silence(silence);
    await world.check();
    await world.index.silence(liftSilence(silence, 'bob', world.now + 1));

    const lifted = await world.check();
    world.index.lose();
    const afterwards = await world.check();

    expect([lifted, afterwards].map(({ open, silenced }) => [open, silenced])).toEqual([
      [2, 0],
      [2, 0],
    ]);
  });

  it('heeds a silence in two checks at once', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    await world.check();
    await world.index.silence(silenceRule(world.alert('M1'), quiet, world.now));

    const both = await Promise.all([world.check(), world.check()]);
    const after = await world.check();

    expect([...both, after].map(({ silenced, sent }) => [silenced, sent])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  it('notes the current numbers and the time of the check, also if nothing is written', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    await world.check();
    const written = world.rows().length;
    const more = counts({ control: [5000, 950], treatment: [5000, 950] });
    world.inputs = alertInputs({ ...valuesOf(world.inputs), enrollmentCounts: new Map([['my-slug', more]]) });

    await world.check();

    const noted = await world.index.read();
    const spike = noted?.alerts.find(({ row }) => row.rule === 'M1');
    expect(world.rows()).toHaveLength(written);
    expect(noted?.checkedAt).toBe(world.now);
    expect(spike?.row).toMatchObject({ value: 0.19, formula: '1,900 / 10,000 = 19% > 10%', state: 'open' });
    expect(spike?.row.notified).toHaveLength(2);
  });

  it('notes why an alert has no data, and what was resolved', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    await world.check();
    world.inputs = alertInputs({ enrollmentCounts: 'no such object' });
    await world.check();
    const without = await world.index.read();
    world.inputs = alertInputs();
    await world.check();
    await world.check();
    const resolved = await world.index.read();

    expect(without?.alerts.find(({ row }) => row.rule === 'M1')).toMatchObject({
      row: { state: 'no_data', value: 0.18 },
      problem: 'enrollmentCounts: no such object',
    });
    expect(resolved?.alerts.map(({ row }) => row.state)).toEqual(Array(3).fill('resolved'));
  });

  it('goes on with the stored silences if the index cannot be read', async () => {
    const world = setup();
    world.inputs = spikes(['my-slug']);
    await world.check();
    await world.index.silence(silenceRule(world.alert('M1'), quiet, world.now));
    await world.check();
    world.index.silences = () => Promise.reject(new ContrailError('REDIS_UNREACHABLE', 'Redis is away.'));
    world.index.note = () => Promise.reject(new ContrailError('REDIS_UNREACHABLE', 'Redis is away.'));

    const result = await world.check();

    expect(result.silenced).toBe(1);
    expect(world.log.lines.map(({ fields }) => fields)).toMatchObject([
      { problem: 'Redis is away.' },
      { problem: 'Redis is away.' },
    ]);
  });
});

/** The values of all sources. */
function valuesOf({ sources }: AlertInputs): Parameters<typeof alertInputs>[0] {
  return Object.fromEntries(
    Object.entries(sources).flatMap(([name, reading]) => (reading.kind === 'read' ? [[name, reading.value]] : [])),
  );
}
