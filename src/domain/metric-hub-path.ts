/** The files of metric-hub that Contrail reads (spec: metadata, section 3). */

export type HubRole =
  | { readonly role: 'functions'; readonly isOfJetstream: boolean }
  | { readonly role: 'definitions'; readonly isOfJetstream: boolean; readonly app: string }
  | { readonly role: 'defaults'; readonly app: string }
  | { readonly role: 'outcome'; readonly app: string; readonly slug: string }
  | { readonly role: 'experiment'; readonly slug: string };

/** The only folders with such files. */
export const HUB_FOLDERS = ['definitions', 'jetstream'] as const;

const DEFINITIONS = /^(?<jetstream>jetstream\/)?definitions\/(?<app>[^/]+)\.toml$/;
const DEFAULTS = /^jetstream\/defaults\/(?<app>[^/]+)\.toml$/;
const OUTCOME = /^jetstream\/outcomes\/(?<app>[^/]+)\/(?<slug>[^/]+)\.toml$/;
const EXPERIMENT = /^jetstream\/(?<slug>[^/]+)\.toml$/;

/** The role of a file by its path from the root, with `/`; undefined: Contrail does not read it. */
export function hubRoleOf(path: string): HubRole | undefined {
  const definitions = DEFINITIONS.exec(path)?.groups;
  if (definitions !== undefined) {
    const { jetstream, app = '' } = definitions;
    const isOfJetstream = jetstream !== undefined;
    return app === 'functions' ? { role: 'functions', isOfJetstream } : { role: 'definitions', isOfJetstream, app };
  }
  const defaults = DEFAULTS.exec(path)?.groups;
  if (defaults !== undefined) return { role: 'defaults', app: defaults['app'] ?? '' };
  const outcome = OUTCOME.exec(path)?.groups;
  if (outcome !== undefined) return { role: 'outcome', app: outcome['app'] ?? '', slug: outcome['slug'] ?? '' };
  const experiment = EXPERIMENT.exec(path)?.groups;
  return experiment === undefined ? undefined : { role: 'experiment', slug: experiment['slug'] ?? '' };
}

/** The path of an outcome's file. */
export function outcomePath(app: string, slug: string): string {
  return `jetstream/outcomes/${app}/${slug}.toml`;
}
