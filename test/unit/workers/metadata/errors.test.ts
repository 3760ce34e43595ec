import { describe, expect, it } from 'vitest';
import type { HubTree } from '../../../../src/adapters/memory/metric-hub.ts';
import type { ReadExperiment } from '../../../../src/domain/read-experiment.ts';
import { buildIn, DATA_SOURCE, FUNCTIONS, metric, namesIn, outcome } from '../../../support/metadata-world.ts';

const BASE = 'definitions/fenix.toml';
const DEFAULTS = 'jetstream/defaults/fenix.toml';
const OWN = 'jetstream/my-slug.toml';
const ONE = 'jetstream/outcomes/fenix/one.toml';

/** Builds a file in a tree that has functions. */
function building(tree: HubTree, experiment: Partial<ReadExperiment> = {}) {
  return buildIn({ 'definitions/functions.toml': FUNCTIONS, ...tree }, experiment);
}

const STATISTICS = '[metrics.m.statistics.deciles]';
/** A metric with these keys besides a data source. */
const keys = (...lines: readonly string[]) => ['[metrics.m]', 'data_source = "main"', ...lines, STATISTICS].join('\n');

describe('a revision that nobody can use', () => {
  it.each<[string, HubTree, RegExp]>([
    ['malformed TOML', { 'jetstream/x.toml': '[a\n' }, /^jetstream\/x\.toml: invalid TOML: line \d/],
    ['malformed TOML of another application', { 'definitions/x.toml': 'a = ' }, /^definitions\/x\.toml: /],
    ['malformed TOML of another tool', { 'jetstream/x.toml': '[project]\n[project]' }, /^jetstream\/x\.toml: /],
    [
      'an outcome without a name',
      { [ONE]: 'description = "x"' },
      /^jetstream\/outcomes\/fenix\/one\.toml friendly_name: it is missing/,
    ],
    ['an outcome without a description', { [ONE]: 'friendly_name = "x"' }, / description: it is missing/],
    [
      'a default metric that is not defined',
      { [ONE]: outcome('default_metrics = ["clics"]', metric('clicks')) },
      /default_metrics: .*"clics".*clicks\?/,
    ],
    [
      'a period that is no list',
      { [DEFAULTS]: '[metrics]\nweekly = "m"' },
      /^jetstream\/defaults\/fenix\.toml \[metrics\] weekly: it must be a list/,
    ],
    ['a period of an outcome that is no list', { [ONE]: outcome('weekly = "m"') }, / weekly: it must be a list/],
    ['a metric that is no table', { [DEFAULTS]: '[metrics]\nm = 1' }, /\[metrics\] m: it must be a table/],
    [
      'a metric of an outcome that is a list',
      { [ONE]: outcome('[metrics]\nweekly = ["m"]') },
      /\[metrics\] weekly: it must be a table/,
    ],
    [
      'an unknown basis',
      { [OWN]: keys('analysis_bases = ["exposure"]') },
      /\[metrics\.m\] analysis_bases: "exposure" is not one of enrollments, exposures\. Did you mean exposures\?/,
    ],
    ['an unknown unit', { [OWN]: keys('analysis_units = ["x"]') }, /analysis_units: "x"/],
    [
      'a date that is none',
      { [OWN]: '[experiment]\nstart_date = "01.02.2026"' },
      /\[experiment\] start_date: "01\.02\.2026" is not a date/,
    ],
    ['a day that does not exist', { [OWN]: '[experiment]\nend_date = "2026-02-30"' }, /end_date/],
    [
      'a day of the year zero',
      { [OWN]: '[experiment]\nend_date = "0000-01-01"' },
      /end_date: "0000-01-01" is not a date/,
    ],
    ['a day of the year zero without quotes', { [DEFAULTS]: '[experiment]\nstart_date = 0000-12-31' }, /start_date/],
    ['a date with U+0000', { [OWN]: '[experiment]\nend_date = "2026-02-03\\u0000"' }, /end_date/],
    ['half of a surrogate pair', { [OWN]: '[experiment]\nreference_branch = "\\ud83d"' }, /invalid TOML/],
    ['a time instead of a date', { [OWN]: '[experiment]\nend_date = 2026-02-03T00:00:00Z' }, /end_date/],
    ['a private file without a dataset', { [OWN]: '[experiment]\nis_private = true' }, /is_private.*dataset_id/],
    [
      'functions without a definition',
      { 'definitions/functions.toml': '[functions.x]' },
      /\[functions\.x\] definition: it is missing/,
    ],
    [
      'a segment without a data source',
      { [BASE]: '[segments.s]\nselect_expression = "x"' },
      /\[segments\.s\] data_source: it is missing/,
    ],
  ])('has %s', async (_, tree, place) => {
    const result = building({ ...tree }, { slug: 'not-concerned' });

    await expect(result).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      sentence: expect.stringMatching(place) as unknown,
    });
  });
});

describe('an aggregation', () => {
  it.each([
    ['sum of a column', ['aggregation = "sum"', 'column = "x"', 'scale = 0.5']],
    ['condition', ['aggregation = "any"', 'where = [{column = "x", op = ">", value = 1}, {column = "y"}]']],
    ['condition of a column', ['aggregation = "count_where"', 'column = "x"', 'threshold = {op = ">", value = 2}']],
    ['recency', ['aggregation = "recency_within"', 'column = "x"', 'within_days = 28']],
    ['repeated window', ['aggregation = "count"', 'column = "x"', 'repeat_windows = true', 'cumulative_window = 3']],
  ])('may be a %s', async (_, lines) => {
    const functions = { 'definitions/functions.toml': `${FUNCTIONS}[functions.agg_any]\ndefinition = "x"` };

    const names = await namesIn({ ...functions, [OWN]: `[metrics]\nweekly = ["m"]\n${keys(...lines)}` });

    expect(names).toEqual(['m']);
  });

  it.each([
    ['of an unknown kind', ['aggregation = "summ"', 'column = "x"'], /"summ" is not one of .* Did you mean sum\?/],
    ['beside an expression', ['aggregation = "sum"', 'column = "x"', 'select_expression = "x"'], /aggregation/],
    ['without its column', ['aggregation = "sum"'], /column: sum needs a column/],
    ['of a column that is no name', ['aggregation = "sum"', 'column = "a.b"'], /plain name/],
    ['of a column with conditions', ['aggregation = "sum"', 'column = "x"', 'where = [{column = "y"}]'], /where/],
    ['of both or neither', ['aggregation = "any"'], /exactly one of column and where/],
    ['within days that are none', ['aggregation = "recency_within"', 'column = "x"', 'within_days = 29'], /1 to 28/],
    ['within days it does not take', ['aggregation = "sum"', 'column = "x"', 'within_days = 3'], /within_days/],
    ['of a comparison without a value', ['aggregation = "any"', 'where = [{column = "x", op = ">"}]'], /needs a value/],
    ['of a condition with strange keys', ['aggregation = "any"', 'where = [{colum = "x"}]'], /"colum"/],
    ['with a threshold that is none', ['aggregation = "count"', 'column = "x"', 'threshold = {op = ">"}'], /threshold/],
    ['with a scale that is none', ['aggregation = "count"', 'column = "x"', 'scale = "2"'], /scale/],
    ['that repeats nothing', ['aggregation = "count"', 'column = "x"', 'repeat_windows = true'], /repeat_windows/],
    ['whose keys stand alone', ['column = "x"', 'select_expression = "x"'], /column: it needs an aggregation/],
  ])('is refused %s', async (_, lines, reason) => {
    const result = building({ [OWN]: keys(...lines) }, { slug: 'not-concerned' });

    await expect(result).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      sentence: expect.stringMatching(reason) as unknown,
    });
  });
});

describe('an experiment that has no file', () => {
  const listed = '[metrics]\nweekly = ["m"]\n';

  it.each<[string, HubTree, Partial<ReadExperiment>, RegExp]>([
    [
      'names an outcome of another application',
      { 'jetstream/outcomes/firefox_ios/one.toml': outcome(), [ONE.replace('one', 'once')]: outcome() },
      { outcomes: ['one'] },
      /unknown outcome "one" for fenix.* Did you mean once\?/,
    ],
    ['names an outcome in another case', { [ONE]: outcome() }, { outcomes: ['One'] }, /unknown outcome "One"/],
    [
      'is configured with an unknown outcome',
      { [OWN]: '[experiment]\noutcomes = ["one"]' },
      {},
      /^jetstream\/my-slug\.toml \[experiment\] outcomes: unknown outcome "one"/,
    ],
    [
      'lists an unknown metric',
      { [OWN]: '[metrics]\ndaily = ["clics"]', [BASE]: DATA_SOURCE + metric('clicks') },
      {},
      /^jetstream\/my-slug\.toml \[metrics\] daily: unknown metric "clics" for fenix\. Did you mean clicks\?/,
    ],
    [
      'lists what is no text',
      { [OWN]: '[metrics]\ndaily = [2048]', [BASE]: DATA_SOURCE + metric('2048') },
      {},
      /no text/,
    ],
    [
      'has a metric that is complete nowhere',
      { [OWN]: `${listed}[metrics.m]\n${STATISTICS}` },
      {},
      /\[metrics\.m\]: it is incomplete/,
    ],
    [
      'rests on a definition that is not complete',
      { [OWN]: listed, [BASE]: `${DATA_SOURCE}[metrics.m]\n${STATISTICS}` },
      {},
      /^definitions\/fenix\.toml \[metrics\.m\]/,
    ],
    [
      'depends on an unknown metric',
      { [OWN]: `${listed}${keys('select_expression = "x"', 'depends_on = ["n"]')}` },
      {},
      /\[metrics\.m\] depends_on: unknown metric "n"/,
    ],
    [
      'has a metric without statistics',
      { [OWN]: `${listed}[metrics.m]\ndata_source = "main"\nselect_expression = "x"` },
      {},
      /\[metrics\.m\] statistics/,
    ],
    [
      'has a metric with empty statistics',
      { [OWN]: `${listed}[metrics.m]\ndata_source = "main"\nselect_expression = "x"\nstatistics = {}` },
      {},
      /\[metrics\.m\] statistics/,
    ],
    [
      'has a metric of an unknown data source',
      { [OWN]: `${listed}[metrics.m]\ndata_source = "mains"\nselect_expression = "x"\n${STATISTICS}` },
      {},
      /\[metrics\.m\] data_source: unknown data source "mains" for fenix\. Did you mean main\?/,
    ],
    [
      'has a source that joins an unknown one',
      { [OWN]: listed + keys('select_expression = "x"'), [BASE]: `${DATA_SOURCE}[data_sources.main.joins.other]` },
      {},
      /\[data_sources\.main\] joins: unknown data source "other"/,
    ],
    [
      'has a signal of an unknown source',
      {
        [OWN]:
          '[experiment.exposure_signal]\nname = "x"\ndata_source = "y"\nselect_expression = "x"\nfriendly_name = "x"\ndescription = "x"',
      },
      {},
      /\[experiment\.exposure_signal\] data_source/,
    ],
    [
      'wants a unit that the source lacks',
      { [OWN]: listed + keys('select_expression = "x"', 'analysis_units = ["profile_group_id"]') },
      {},
      /analysis_units: the data source main has no analysis unit profile_group_id/,
    ],
    ['is in an unknown segment', {}, { segments: ['s'] }, /unknown segment "s" for fenix/],
    [
      'is configured with an unknown segment',
      { [OWN]: '[experiment]\nsegments = ["s"]' },
      {},
      /^jetstream\/my-slug\.toml \[experiment\] segments: unknown segment "s"/,
    ],
    [
      'is in a segment of an unknown source',
      { [OWN]: '[experiment]\nsegments = ["s"]\n[segments.s]\ndata_source = "x"\nselect_expression = "x"' },
      {},
      /\[segments\.s\] data_source/,
    ],
    [
      'calls an unknown function',
      { [OWN]: listed + keys('select_expression = \'{{ agg_x("y") }}\'') },
      {},
      /\[metrics\.m\] select_expression: .*no function agg_x/,
    ],
    [
      'sums where there is no such function',
      { 'definitions/functions.toml': '[functions]', [OWN]: listed + keys('aggregation = "sum"', 'column = "x"') },
      {},
      /no function agg_sum/,
    ],
    ['has a template that is not closed', { [OWN]: listed + keys('select_expression = "{{ x"') }, {}, /not closed/],
    [
      'has a query with an unknown name',
      { [OWN]: '[experiment]\nenrollment_query = "{{ experiment.normandy_slag }}"' },
      {},
      /\[experiment\] enrollment_query: .*normandy_slag.*normandy_slug\?/,
    ],
    [
      'has a query that needs a date it lacks',
      { [OWN]: '[experiment]\nenrollment_query = "{{ experiment.end_date_str }}"' },
      {},
      /no end date/,
    ],
    [
      'has a parameter without a value',
      { [ONE]: outcome('[parameters.p]\nfriendly_name = "x"') },
      { outcomes: ['one'] },
      /\[parameters\.p\]/,
    ],
  ])('%s', async (_, tree, experiment, reason) => {
    const result = building(tree, experiment);

    await expect(result).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      sentence: expect.stringMatching(reason) as unknown,
    });
    await expect(building(tree, { slug: 'another' })).resolves.toMatchObject({ kind: 'file' });
  });
});

describe('no error', () => {
  it.each<[string, HubTree]>([
    ['is a metric that is not listed and would not resolve', { [OWN]: '[metrics.m]\ndata_source = "x"' }],
    [
      'is an unknown statistic',
      {
        [OWN]:
          '[metrics]\nweekly = ["m"]\n[metrics.m]\ndata_source = "main"\nselect_expression = "x"\n[metrics.m.statistics.unheard_of]',
      },
    ],
    ['is a date without quotes', { [OWN]: '[experiment]\nstart_date = 2026-02-03' }],
    [
      'is a private experiment with a dataset that is empty',
      { 'jetstream/x.toml': '[experiment]\nis_private = true\ndataset_id = ""' },
    ],
    [
      'is an add-on id in a source',
      {
        [OWN]: '[metrics]\nweekly = ["m"]\n' + keys('select_expression = "x"'),
        [BASE]: '[data_sources.main]\nfrom_expression = "t WHERE id = \'{{d10d0bf8-2b9879e08c5d}}\'"',
      },
    ],
    [
      'is a malformed file that has no place in the tree',
      { 'opmon/x.toml': '[', 'README.toml': '[', 'jetstream/a/b.toml': '[' },
    ],
  ])('%s', async (_, tree) => {
    await expect(building(tree)).resolves.toMatchObject({ kind: 'file' });
  });
});
