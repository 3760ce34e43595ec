import { describe, expect, it } from 'vitest';
import { contentIn, DATA_SOURCE, FUNCTIONS, metric, namesIn } from '../../support/metadata-world.ts';

const BASE = 'definitions/fenix.toml';
const OWN = 'jetstream/my-slug.toml';

const STATISTICS = '[metrics.m.statistics.deciles]';

/** The metric `m`, listed by the experiment's file, with these definitions behind it. */
async function resolved(own: string, base = '', list = '["m"]') {
  const { metrics } = await contentIn({
    [BASE]: `${DATA_SOURCE}${base}`,
    [OWN]: `[metrics]\nweekly = ${list}\n${own}`,
  });
  return metrics.find(([name]) => name === 'm')?.[1];
}

describe('a metric of the experiment', () => {
  it('that is complete counts alone, also where a field is absent', async () => {
    const result = await resolved(metric('m'), metric('m', 'description = "base"', 'bigger_is_better = false'));

    expect(result).toEqual({
      friendly_name: 'M',
      description: '',
      bigger_is_better: true,
      analysis_bases: ['enrollments', 'exposures'],
    });
  });

  it('that is complete by an aggregation counts alone', async () => {
    const own = `[metrics.m]\ndata_source = "main"\naggregation = "count"\ncolumn = "x"\ndescription = "own"\n${STATISTICS}`;

    const result = await resolved(own, metric('m', 'description = "base"'));

    expect(result?.description).toBe('own');
  });

  it('that depends on others counts alone', async () => {
    const own = `[metrics.m]\ndepends_on = ["n"]\ndescription = "own"\n${STATISTICS}`;

    const result = await resolved(own, `${metric('n')}${metric('m', 'description = "base"')}`);

    expect(result?.description).toBe('own');
  });

  it('that is not complete lends its statistics and bases to the definition, which counts for all else', async () => {
    const own = `[metrics.m]\nfriendly_name = "Own"\ndescription = "own"\nanalysis_bases = ["exposures"]\n${STATISTICS}`;
    const base = [
      '[metrics.m]\ndata_source = "main"\nselect_expression = "x"',
      'friendly_name = "Base"\nbigger_is_better = false\nanalysis_bases = ["enrollments"]\n',
    ].join('\n');

    const result = await resolved(own, base);

    expect(result).toEqual({
      friendly_name: 'Base',
      description: '',
      bigger_is_better: false,
      analysis_bases: ['exposures'],
    });
  });

  it('that is not complete leaves the bases of the definition where its own are empty', async () => {
    const base = metric('m', 'analysis_bases = ["enrollments"]');

    const result = await resolved(`[metrics.m]\nanalysis_bases = []\n${STATISTICS}`, base);

    expect(result?.analysis_bases).toEqual(['enrollments']);
  });

  it('that is not complete may rest on a definition that depends on others', async () => {
    const base = `[metrics.m]\ndepends_on = ["n"]\ndescription = "base"\n${metric('n')}`;

    const result = await resolved(`[metrics.m]\n${STATISTICS}`, base);

    expect(result?.description).toBe('base');
  });

  it('needs statistics of its own where it is not complete', async () => {
    const resolving = resolved('[metrics.m]\ndescription = "x"', metric('m'));

    await expect(resolving).rejects.toThrow(/\[metrics\.m\] statistics/);
  });
});

describe('a metric that is listed', () => {
  it('and not defined by the experiment is that of the definitions', async () => {
    const result = await resolved('', metric('m', 'description = "base"'));

    expect(result?.description).toBe('base');
  });

  it('shows although it is deprecated', async () => {
    const result = await resolved(metric('m', 'deprecated = true'));

    expect(result).toBeDefined();
  });

  it('has its texts dedented and its first lines trimmed, with CRLF as LF', async () => {
    const own = metric(
      'm',
      'friendly_name = """\r',
      '  Name  \r',
      '  of it"""\r',
      'description = """First  \r\n  second  \r\n"""',
    );

    const result = await resolved(own);

    expect(result).toMatchObject({ friendly_name: 'Name\nof it', description: 'First\n  second  \n' });
  });

  it('has a name made of its key where its own is only blanks', async () => {
    const result = await resolved(metric('m', 'friendly_name = "  "'));

    expect(result?.friendly_name).toBe('M');
  });

  it('keeps non-ASCII text and takes what is unknown for nothing', async () => {
    const own = `[strangers.x]\na = 1\n${metric('m', 'description = "Größe “1”"', 'stranger = 1', 'level = "gold"')}`;

    const result = await resolved(own);

    expect(result?.description).toBe('Größe “1”');
  });
});

describe('what a metric depends on', () => {
  it('is looked up among the definitions first, with the statistics lent by then', async () => {
    const parts = `[metrics.part]\n[metrics.part.statistics.deciles]\n`;
    const ratio = `[metrics.m]\ndepends_on = ["part"]\n${STATISTICS}\n`;
    const base = '[metrics.part]\ndata_source = "main"\nselect_expression = "x"\n';

    const partFirst = await resolved(ratio + parts, base, '["part", "m"]');
    const ratioFirst = resolved(ratio + parts, base, '["m", "part"]');

    expect(partFirst).toBeDefined();
    await expect(ratioFirst).rejects.toThrow(/\[metrics\.part\] statistics/);
  });

  it('is lent across the periods in their order', async () => {
    const tree = (first: string, second: string) => ({
      [BASE]: `${DATA_SOURCE}[metrics.part]\ndata_source = "main"\nselect_expression = "x"\n`,
      [OWN]: [
        `[metrics]\n${first}\n${second}`,
        '[metrics.part]\n[metrics.part.statistics.deciles]',
        `[metrics.m]\ndepends_on = ["part"]\n${STATISTICS}`,
      ].join('\n'),
    });

    expect(await namesIn(tree('daily = ["part"]', 'weekly = ["m"]'))).toEqual(['part', 'm']);
    await expect(namesIn(tree('daily = ["m"]', 'weekly = ["part"]'))).rejects.toThrow(/statistics/);
  });

  it('is not lent to the next experiment', async () => {
    const tree = {
      [BASE]: `${DATA_SOURCE}[metrics.part]\ndata_source = "main"\nselect_expression = "x"\n`,
      [OWN]: '[metrics]\nweekly = ["part"]\n[metrics.part.statistics.deciles]',
      'jetstream/other.toml': '[metrics]\nweekly = ["part"]',
    };

    expect(await namesIn(tree)).toEqual(['part']);
    await expect(namesIn(tree, { slug: 'other' })).rejects.toThrow(/statistics/);
  });

  it('may be defined by the experiment alone', async () => {
    const result = await resolved(`[metrics.m]\ndepends_on = ["n"]\n${STATISTICS}\n${metric('n')}`);

    expect(result).toBeDefined();
  });

  it('may not lead back to it', async () => {
    const own = `[metrics.m]\ndepends_on = ["n"]\n${STATISTICS}\n[metrics.n]\ndepends_on = ["m"]\n[metrics.n.statistics.deciles]`;

    await expect(resolved(own)).rejects.toThrow(/depends on itself/);
  });
});

describe('SQL templates', () => {
  it('may call functions and name the parameters of used outcomes and of the defaults', async () => {
    const lines = (expression: string) =>
      `[metrics.m]\ndata_source = "main"\nselect_expression = '''${expression}'''\n${STATISTICS}\n`;
    const parameter = '[parameters.p]\ndefault = "1"\n';
    const tree = (expression: string) => ({
      'definitions/functions.toml': FUNCTIONS,
      [OWN]: `[metrics]\nweekly = ["m"]\n${lines(expression)}[parameters.own]\nvalue = "1"`,
      'jetstream/outcomes/fenix/one.toml': `friendly_name = "x"\ndescription = "x"\n${parameter}`,
    });

    expect(await namesIn(tree('{{agg_sum("""a {{ b""")}}'))).toEqual(['m']);
    expect(await namesIn(tree('{{ parameters.p }}'), { outcomes: ['one'] })).toEqual(['m']);
    await expect(namesIn(tree('{{ parameters.p }}'))).rejects.toThrow(/no parameter p/);
    await expect(namesIn(tree('{{ parameters.own }}'), { outcomes: ['one'] })).rejects.toThrow(/no parameter own/);
    await expect(namesIn(tree('{{ agg_sun("a") }}'))).rejects.toMatchObject({
      sentence: expect.stringContaining('Did you mean agg_sum?') as unknown,
    });
  });
});
