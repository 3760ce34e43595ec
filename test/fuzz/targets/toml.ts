/** Files of metric-hub: they are read, or refused with the file and the reason. */
import { parseFile } from '../../../src/metric-hub/parse-file.ts';
import type { HubRole } from '../../../src/domain/metric-hub-path.ts';
import { fuzzTarget, unlessRefused } from '../target.ts';

const PIECES = [
  '[metrics]\n',
  '[metrics.a]\n',
  '[[a]]\n',
  '[',
  ']',
  '{',
  '}',
  'a = ',
  'weekly = ["a"]\n',
  'select_expression = "{{agg_sum(\'x\')}}"\n',
  'data_source = "x"\n',
  '[data_sources.x]\nfrom_expression = "a.b"\n',
  'friendly_name = "n"\ndescription = """ x  \n"""\n',
  '[functions.f]\ndefinition = "x"\n',
  '"',
  '"""',
  "'''",
  '\\',
  '\\u0000',
  '9',
  '1e5',
  '2026-01-01',
  '.a',
  ',',
  '#',
  ' ',
  '\t',
  '\n',
  '\r\n',
  'é',
  '\ud800',
  'true',
];
const ROLES: readonly HubRole[] = [
  { role: 'functions', isOfJetstream: false },
  { role: 'definitions', app: 'fenix', isOfJetstream: false },
  { role: 'defaults', app: 'fenix' },
  { role: 'experiment', slug: 'x' },
  { role: 'outcome', app: 'fenix', slug: 'x' },
];

export const toml = fuzzTarget<{ readonly text: string; readonly role: HubRole }>({
  name: 'toml',
  about: 'files of metric-hub',
  quickInputs: 500,
  make: (random) => ({
    // What the parser takes long for is long, not many times the same.
    text: random.chance(0.002) ? random.pick(PIECES).repeat(5_000) : random.text(PIECES, random.int(0, 30)),
    role: random.pick(ROLES),
  }),
  check: ({ text, role }) => {
    unlessRefused(['CONFIGURATION_INVALID'], () => parseFile('x.toml', role, Buffer.from(text)));
  },
});
