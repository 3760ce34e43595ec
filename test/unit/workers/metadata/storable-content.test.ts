import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metadataText, type MetadataContent } from '../../../../src/workers/metadata/metadata-text.ts';
import { storableContent } from '../../../../src/workers/metadata/storable-content.ts';
import { buildIn, contentIn, metric, textIn } from '../../../support/metadata-world.ts';

const DEFAULTS = 'jetstream/defaults/fenix.toml';
const OWN = 'jetstream/my-slug.toml';
const HEALTHY: MetadataContent = {
  analysisStart: null,
  externalConfig: null,
  metrics: [{ name: 'a', analysisBases: ['exposures'], biggerIsBetter: true, description: 'd 😀', friendlyName: 'f' }],
  outcomes: [
    { slug: 'o', commitHash: null, defaultMetrics: ['a'], description: 'd', friendlyName: 'f', metrics: ['a', 'b'] },
  ],
};

describe('a metadata file', () => {
  it('has U+FFFD for U+0000 in the key and the texts of a metric', async () => {
    const text = metric('"a\\u0000"', 'friendly_name = "x\\u0000"', 'description = "\\u0000\\u0000😀"');

    const { metrics } = await contentIn({ [DEFAULTS]: `[metrics]\nweekly = ["a\\u0000"]\n${text}` });

    expect(metrics).toMatchObject([['a\ufffd', { friendly_name: 'x\ufffd', description: '\ufffd\ufffd😀' }]]);
  });

  it('has U+FFFD for U+0000 in a name for people that is made of the key', async () => {
    const tree = { [DEFAULTS]: `[metrics]\nweekly = ["a\\u0000b"]\n${metric('"a\\u0000b"')}` };

    const { metrics } = await contentIn(tree);

    expect(metrics).toMatchObject([['a\ufffdb', { friendly_name: 'A\ufffdB' }]]);
  });

  it('has U+FFFD for U+0000 in the slug, the texts and the metrics of an outcome', async () => {
    const text = [
      'friendly_name = "n\\u0000"',
      'description = """d\\u0000"""',
      'default_metrics = ["m\\u0000"]',
      metric('"m\\u0000"'),
    ].join('\n');

    const { outcomes } = await contentIn({ 'jetstream/outcomes/fenix/o\0.toml': text }, { outcomes: ['o\0'] });

    expect(outcomes).toEqual({
      'o\ufffd': {
        commit_hash: expect.anything() as unknown,
        default_metrics: ['m\ufffd'],
        description: 'd\ufffd',
        friendly_name: 'n\ufffd',
        metrics: ['m\ufffd'],
        slug: 'o\ufffd',
      },
    });
  });

  it('has U+FFFD for U+0000 in the reference branch that metric-hub sets', async () => {
    const { external_config } = await contentIn({ [OWN]: '[experiment]\nreference_branch = "con\\u0000trol"' });

    expect(external_config).toMatchObject({ reference_branch: 'con\ufffdtrol' });
  });

  it('leaves a backslash before u0000 alone: that is no U+0000', async () => {
    const tree = { [DEFAULTS]: `[metrics]\nweekly = ["a"]\n${metric('a', "friendly_name = '\\u0000'")}` };

    const built = await buildIn(tree);

    expect(built).toMatchObject({ warnings: [] });
    expect((await contentIn(tree)).metrics).toMatchObject([['a', { friendly_name: '\\u0000' }]]);
  });

  it('says nothing of U+0000 that does not reach it', async () => {
    const unlisted = metric('a', 'friendly_name = "\\u0000"', 'category = "\\u0000"');

    expect(await buildIn({ [DEFAULTS]: unlisted })).toMatchObject({ kind: 'file', warnings: [] });
  });

  it('names three places at most and counts the others, in one warning', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const metrics = names.map((name) => metric(name, 'friendly_name = "\\u0000"')).join('\n');

    const built = await buildIn({ [DEFAULTS]: `[metrics]\nweekly = ${JSON.stringify(names)}\n${metrics}` });

    const message = expect.stringMatching(/^In metric-hub, (friendly_name of metric "."(, )?){3} and 2 more have /);
    expect(built).toMatchObject({ warnings: [{ kind: 'nul', message: message as unknown }] });
  });

  it('keeps the first of two names that are the same without U+0000', async () => {
    const metrics = `${metric('"a\\u0000"')}${metric('"a\\ufffd"', 'friendly_name = "second"')}`;
    const lists = '[metrics]\nweekly = ["a\\ufffd", "a\\u0000"]';

    const text = await textIn({ [DEFAULTS]: `${lists}\n${metrics}` });

    expect(text.match(/"a\ufffd":/g)).toHaveLength(1);
    expect(text).not.toContain('second');
  });
});

describe('storableContent', () => {
  it('gives back what holds no U+0000', () => {
    expect(storableContent(HEALTHY)).toEqual({ content: HEALTHY, places: [] });
    expect(storableContent(HEALTHY).content).toBe(HEALTHY);
  });

  it('never leaves U+0000 in the file, and changes nothing the second time', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', '\\', 'u0000', '\ufffd', '😀', 'a', '"') });
    const texts = fc.array(text, { maxLength: 3 });
    const anyMetric = fc.record({
      name: text,
      analysisBases: fc.constant(['enrollments']),
      biggerIsBetter: fc.boolean(),
      description: text,
      friendlyName: text,
    });
    const anyOutcome = fc.record({
      slug: text,
      commitHash: fc.option(text),
      defaultMetrics: texts,
      description: text,
      friendlyName: text,
      metrics: texts,
    });
    const anyConfig = fc.record({
      reference_branch: fc.option(text),
      end_date: fc.constant('2026-01-02'),
      start_date: fc.constant(null),
      enrollment_period: fc.constant(7),
      skip: fc.boolean(),
      url: fc.constant('https://metric-hub.example/my-slug.toml'),
    });
    const anyContent = fc.record({
      analysisStart: fc.constant(null),
      externalConfig: fc.option(anyConfig),
      metrics: fc.array(anyMetric, { maxLength: 3 }),
      outcomes: fc.array(anyOutcome, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(anyContent, (content) => {
        const once = storableContent(content);
        const twice = storableContent(once.content);

        const file = metadataText(once.content);
        JSON.parse(file, (key, value: unknown) => {
          expect(key).not.toContain('\0');
          if (typeof value === 'string') expect(value).not.toContain('\0');
          return value;
        });
        expect(once.places.length > 0).toBe(hasNulInJson(metadataText(content)));
        expect(twice).toEqual({ content: once.content, places: [] });
      }),
    );
  });
});

/** Whether JSON text has an escaped U+0000: its backslash is not itself escaped. */
function hasNulInJson(json: string): boolean {
  return /(?<!\\)(?:\\\\)*\\u0000/.test(json);
}
