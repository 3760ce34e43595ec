import { describe, expect, it } from 'vitest';
import { contentIn, DATA_SOURCE, type FileMetric, metric, namesIn, outcome } from '../../support/metadata-world.ts';

const BASE = 'definitions/fenix.toml';
const JETSTREAM = 'jetstream/definitions/fenix.toml';
const DEFAULTS = 'jetstream/defaults/fenix.toml';
const OWN = 'jetstream/my-slug.toml';

/** The metric `m` of two files: `over` over `under`. */
async function merged(under: string, over: string): Promise<FileMetric | undefined> {
  const lists = '[metrics]\nweekly = ["m"]\n';
  const { metrics } = await contentIn({ [DEFAULTS]: `${lists}${metric('m', under)}`, [OWN]: over });
  return metrics.find(([name]) => name === 'm')?.[1];
}

describe('a metric in two files', () => {
  it('takes each field from the upper one that says something', async () => {
    const result = await merged(
      'friendly_name = "Under"\ndescription = "under"',
      '[metrics.m]\nfriendly_name = "Over"\nanalysis_bases = ["exposures"]',
    );

    expect(result).toEqual({
      friendly_name: 'Over',
      description: 'under',
      analysis_bases: ['exposures'],
      bigger_is_better: true,
    });
  });

  it('keeps what is empty above', async () => {
    const result = await merged(
      'friendly_name = "Under"\ndescription = "under"\nanalysis_bases = ["exposures"]',
      '[metrics.m]\nfriendly_name = ""\ndescription = ""\nanalysis_bases = []\ndata_source = ""\nselect_expression = ""\nstatistics = {}',
    );

    expect(result).toMatchObject({
      friendly_name: 'Under',
      description: 'under',
      analysis_bases: ['exposures'],
    });
  });

  it.each([
    ['false', 'false', false],
    ['false', 'true', true],
    ['true', 'false', true],
    ['false', undefined, true],
    [undefined, 'false', true],
  ])('is better when smaller only if both say so: %s, %s', async (under, over, expected) => {
    const line = (value: string | undefined) => (value === undefined ? '' : `bigger_is_better = ${value}`);

    const result = await merged(line(under), `[metrics.m]\ndescription = "x"\n${line(over)}`);

    expect(result?.bigger_is_better).toBe(expected);
  });

  it('may have its keys in any case, its name not', async () => {
    const result = await merged(
      'Friendly_Name = "Under"',
      '[metrics.m]\nDESCRIPTION = "over"\n[metrics.M]\ndescription = "no"',
    );

    expect(result).toMatchObject({ friendly_name: 'Under', description: 'over' });
  });

  it('may be meant by a pattern, which is no metric itself and keeps the name', async () => {
    const names = '[metrics]\nweekly = ["ad_one", "ad_two", "other"]\n';
    const { metrics } = await contentIn({
      [DEFAULTS]: `${names}${metric('ad_one')}${metric('ad_two', 'description = "two"')}${metric('other')}`,
      [OWN]:
        '[metrics."ad_*"]\ndescription = "ads"\n[metrics."a?_t[w]o"]\nfriendly_name = "Second"\n[metrics."none*"]\n',
    });

    expect(metrics.map(([name, { description, friendly_name }]) => [name, friendly_name, description])).toEqual([
      ['other', 'Other', ''],
      ['ad_two', 'Second', 'ads'],
      ['ad_one', 'Ad One', 'ads'],
    ]);
  });

  it('is of the outcome named first, and of the experiment before all', async () => {
    const tree = {
      [OWN]: '[metrics.m]\ndescription = "experiment"',
      'jetstream/outcomes/fenix/one.toml': outcome(metric('m', 'friendly_name = "One"', 'description = "one"')),
      'jetstream/outcomes/fenix/two.toml': outcome(metric('m', 'friendly_name = "Two"')),
    };

    const first = await contentIn(tree, { outcomes: ['one', 'two'] });
    const second = await contentIn(tree, { outcomes: ['two', 'one'] });

    expect(first.metrics[0]?.[1]).toMatchObject({ friendly_name: 'One', description: 'experiment' });
    expect(second.metrics[0]?.[1]).toMatchObject({ friendly_name: 'Two', description: 'experiment' });
  });

  it('is of the definitions of jetstream before the others', async () => {
    const { metrics } = await contentIn({
      [BASE]: `${DATA_SOURCE}${metric('m', 'friendly_name = "Base"', 'description = "base"')}`,
      [JETSTREAM]: `${metric('m', 'friendly_name = "Jetstream"')}${metric('n')}`,
      [DEFAULTS]: '[metrics]\nweekly = ["m", "n"]',
    });

    expect(metrics.map(([name, { friendly_name, description }]) => [name, friendly_name, description])).toEqual([
      ['n', 'N', ''],
      ['m', 'Jetstream', 'base'],
    ]);
  });
});

describe('a name that only the upper file has', () => {
  it('is dropped without a word unless it is made of letters, digits and _', async () => {
    const tree = {
      [DEFAULTS]: `[metrics]\nweekly = ["a.b"]\n${metric('"a.b"')}`,
      [OWN]: `[metrics]\noverall = ["c_1"]\n${metric('"c-d"')}${metric('c_1')}`,
    };

    expect(await namesIn(tree)).toEqual(['a.b', 'c_1']);
  });

  it('is dropped, and so is not there to be listed', async () => {
    const naming = namesIn({ [OWN]: `[metrics]\noverall = ["c-d"]\n${metric('"c-d"')}` });

    await expect(naming).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });
});

describe('settings of the experiment', () => {
  it('that are zero, empty or false do not override those of the defaults', async () => {
    const { external_config } = await contentIn({
      [DEFAULTS]: '[experiment]\nenrollment_period = 5\nreference_branch = "b"\nskip = true\nstart_date = "2026-02-01"',
      [OWN]: '[experiment]\nenrollment_period = 0\nreference_branch = ""\nskip = false\nstart_date = ""',
    });

    expect(external_config).toMatchObject({
      enrollment_period: 5,
      reference_branch: 'b',
      skip: true,
      start_date: '2026-02-01',
    });
  });
});

describe('data sources', () => {
  it('merge like metrics', async () => {
    const names = await namesIn({
      [BASE]: '[data_sources.main]\nfrom_expression = "t"\nanalysis_units = ["client_id"]',
      [JETSTREAM]: '[data_sources."m*"]\nanalysis_units = ["profile_group_id"]',
      [DEFAULTS]: `[metrics]\nweekly = ["a"]\n${metric('a', 'analysis_units = ["profile_group_id"]')}`,
    });

    expect(names).toEqual(['a']);
  });
});
