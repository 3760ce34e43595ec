import { describe, expect, it } from 'vitest';
import { contentIn, EXPERIMENT, metric, namesIn, outcome, textIn } from '../../../support/metadata-world.ts';

const DEFAULTS = 'jetstream/defaults/fenix.toml';
const OWN = 'jetstream/my-slug.toml';

function outcomeFile(slug: string): string {
  return `jetstream/outcomes/fenix/${slug}.toml`;
}

describe('the metrics of a file', () => {
  it('are none where nothing is configured for the application', async () => {
    const text = await textIn({}, { appName: 'unheard_of' });

    expect(text).toBe(
      '{"analysis_start_time":null,"external_config":null,"metrics":{},"outcomes":{},"version_info":null,"version_date":null,"schema_version":4}',
    );
  });

  it('are those of all six lists, and no others', async () => {
    const lists = [
      'daily = ["d"]',
      'weekly = ["w"]',
      '28_day = ["m"]',
      'overall = ["o"]',
      'preenrollment_weekly = ["pw"]',
      'preenrollment_days28 = ["pm"]',
      'days28 = ["no"]',
    ];
    const metrics = ['no', 'pm', 'pw', 'o', 'm', 'w', 'd'].map((name) => metric(name));

    const names = await namesIn({ [DEFAULTS]: ['[metrics]', ...lists, ...metrics].join('\n') });

    expect(names).toEqual(['d', 'w', 'm', 'o', 'pw', 'pm']);
  });

  it('come from each list backwards, a name where it first appears', async () => {
    const names = await namesIn({
      [DEFAULTS]: ['[metrics]', 'weekly = ["a", "b", "a", "c"]', 'overall = ["b", "d"]']
        .concat(['a', 'b', 'c', 'd'].map((name) => metric(name)))
        .join('\n'),
    });

    expect(names).toEqual(['c', 'a', 'b', 'd']);
  });

  it('come of the experiment, the defaults and the outcomes, walked backwards', async () => {
    const names = await namesIn(
      {
        [DEFAULTS]: `[metrics]\nweekly = ["d1", "d2"]\n${metric('d1')}${metric('d2')}`,
        [OWN]: `[metrics]\nweekly = ["e1", "e2"]\n${metric('e1')}${metric('e2')}`,
        [outcomeFile('one')]: outcome(metric('a1'), metric('a2')),
        [outcomeFile('two')]: outcome(metric('b1'), metric('b2')),
      },
      { outcomes: ['one', 'two'] },
    );

    expect(names).toEqual(['b2', 'b1', 'a2', 'a1', 'd2', 'd1', 'e2', 'e1']);
  });

  it('may look like numbers or like parts of the language', async () => {
    const names = ['zeta', '2048', '__proto__', 'constructor', '7'];

    const found = await namesIn({
      [DEFAULTS]: [`[metrics]`, `weekly = ${JSON.stringify(names)}`, ...names.map((name) => metric(name))].join('\n'),
    });

    expect(found).toEqual([...names].reverse());
  });

  it('are of the application alone', async () => {
    const tree = {
      [DEFAULTS]: `[metrics]\nweekly = ["a"]\n${metric('a')}`,
      'jetstream/defaults/firefox_ios.toml': `[metrics]\nweekly = ["b"]\n${metric('b')}`,
      'definitions/firefox_ios.toml': '[data_sources.main]\nfrom_expression = "t"',
    };

    expect(await namesIn(tree, { appName: 'firefox_ios' })).toEqual(['b']);
    expect(await namesIn(tree)).toEqual(['a']);
  });

  it('do not come from a file whose name differs from the slug', async () => {
    const file = `[metrics]\nweekly = ["a"]\n${metric('a')}`;

    expect(await namesIn({ 'jetstream/My-Slug.toml': file, 'jetstream/my_slug.toml': file })).toEqual([]);
    expect(await namesIn({ 'jetstream/outcomes/fenix/x.toml': outcome() }, { slug: 'outcomes/fenix/x' })).toEqual([]);
  });

  it('do not come from a file that belongs to another tool', async () => {
    const file = `[project]\nname = "x"\n[metrics]\nweekly = ["a"]\n${metric('a')}`;

    expect(await namesIn({ [DEFAULTS]: file, [OWN]: file })).toEqual([]);
  });
});

describe('the metrics of an outcome', () => {
  it('are weekly and overall ones where it has no list', async () => {
    const tree = {
      [DEFAULTS]: `[metrics]\ndaily = ["d"]\noverall = ["d"]\n${metric('d')}`,
      [outcomeFile('one')]: outcome(metric('a'), metric('b')),
    };

    expect(await namesIn(tree, { outcomes: ['one'] })).toEqual(['d', 'b', 'a']);
  });

  it('are those of its lists, also ones defined elsewhere, where any list names something', async () => {
    const tree = {
      'definitions/fenix.toml': `[data_sources.main]\nfrom_expression = "t"\n${metric('base')}`,
      [outcomeFile('one')]: outcome('daily = []', 'overall = ["base", "b"]', metric('a'), metric('b')),
    };

    const { metrics, outcomes } = await contentIn(tree, { outcomes: ['one'] });

    expect(metrics.map(([name]) => name)).toEqual(['b', 'base']);
    expect(outcomes['one']?.metrics).toEqual(['a', 'b']);
  });

  it('are as without lists where all lists are empty', async () => {
    const tree = { [outcomeFile('one')]: outcome('weekly = []', 'daily = []', metric('a')) };

    expect(await namesIn(tree, { outcomes: ['one'] })).toEqual(['a']);
  });

  it('count once however often it is named', async () => {
    const tree = { [outcomeFile('one')]: outcome(metric('a')), [outcomeFile('two')]: outcome(metric('b')) };

    expect(await namesIn(tree, { outcomes: ['one', 'two', 'one'] })).toEqual(['b', 'a']);
  });

  it('are computed also where only the configuration names it, behind those of the record', async () => {
    const tree = {
      [OWN]: '[experiment]\noutcomes = ["two", "one"]',
      [outcomeFile('one')]: outcome(metric('a')),
      [outcomeFile('two')]: outcome(metric('b')),
    };

    const { metrics, outcomes } = await contentIn(tree, { outcomes: ['one'] });

    expect(metrics.map(([name]) => name)).toEqual(['b', 'a']);
    expect(Object.keys(outcomes)).toEqual(['one']);
  });

  it('come of the configured outcomes of the experiment, not of those of the defaults as well', async () => {
    const tree = {
      [DEFAULTS]: '[experiment]\noutcomes = ["one"]',
      [OWN]: '[experiment]\noutcomes = ["two"]',
      [outcomeFile('one')]: outcome(metric('a')),
      [outcomeFile('two')]: outcome(metric('b')),
    };

    expect(await namesIn(tree)).toEqual(['b']);
    expect(await namesIn(tree, { ...EXPERIMENT, slug: 'other' })).toEqual(['a']);
  });
});

describe('the outcomes of a file', () => {
  it('are those of the record, in its order, described by their files alone', async () => {
    const tree = {
      [outcomeFile('two')]: outcome(metric('b')),
      [outcomeFile('One-x')]: [
        'friendly_name = "  One \\"1\\" "',
        'description = """',
        '  First   ',
        '    second  ',
        '"""',
        'default_metrics = ["c"]',
        metric('z'),
        metric('c'),
      ].join('\n'),
      [OWN]: `[metrics]\nweekly = ["own"]\n${metric('own')}${metric('z')}`,
    };

    const text = await textIn(tree, { outcomes: ['two', 'One-x', 'two'] });

    const commit = /"commit_hash":"([0-9a-f]{40})"/.exec(text)?.[1];
    expect(text).toContain(
      [
        `"outcomes":{"two":{"commit_hash":"${commit}","default_metrics":[],"description":"What it is",`,
        `"friendly_name":"Outcome","metrics":["b"],"slug":"two"},`,
        `"One-x":{"commit_hash":"${commit}","default_metrics":["c"],"description":"  First\\n    second  \\n",`,
        `"friendly_name":"  One \\"1\\" ","metrics":["z","c"],"slug":"One-x"}}`,
      ].join(''),
    );
  });
});
