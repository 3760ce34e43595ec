/** A parsed revision of metric-hub. It never changes. */
import { hubRoleOf, outcomePath } from '../domain/metric-hub-path.ts';
import type { Definitions, Outcome, Settings } from './configuration.ts';
import { mergeDefinitions } from './merge.ts';
import { emptySettings, type ParsedFile } from './parse-file.ts';

const NO_SETTINGS = emptySettings();

/** Parses these files, by path. */
export class HubConfiguration {
  readonly #files: ReadonlyMap<string, ParsedFile>;
  readonly #definitions = new Map<string, Definitions>();
  /** Functions that SQL templates may call. */
  readonly functions: ReadonlySet<string>;

  constructor(files: ReadonlyMap<string, ParsedFile>) {
    this.#files = files;
    this.functions = new Set([...files.values()].flatMap((file) => (file.kind === 'functions' ? file.names : [])));
  }

  /** Definitions of an application; empty for an unknown one. */
  definitionsOf(app: string): Definitions {
    const known = this.#definitions.get(app);
    if (known !== undefined) return known;
    const base = this.#definitionsAt(`definitions/${app}.toml`);
    const own = this.#definitionsAt(`jetstream/definitions/${app}.toml`);
    const merged = base === undefined || own === undefined ? (base ?? own ?? NO_SETTINGS) : mergeDefinitions(base, own);
    this.#definitions.set(app, merged);
    return merged;
  }

  /** The defaults of an application; empty if it has none. */
  defaultsOf(app: string): Settings {
    return this.#settingsAt(`jetstream/defaults/${app}.toml`) ?? NO_SETTINGS;
  }

  /** The experiment's own file, if it has one. */
  settingsOf(slug: string): Settings | undefined {
    return this.#settingsAt(`jetstream/${slug}.toml`);
  }

  outcomeOf(app: string, slug: string): Outcome | undefined {
    const file = this.#fileAt(outcomePath(app, slug));
    return file?.kind === 'outcome' ? file.outcome : undefined;
  }

  /** Slugs of an application's outcomes. */
  outcomeSlugs(app: string): string[] {
    const outcomes = [...this.#files].filter(([path, file]) => {
      const role = hubRoleOf(path);
      return file.kind === 'outcome' && role?.role === 'outcome' && role.app === app;
    });
    return outcomes.flatMap(([, file]) => (file.kind === 'outcome' ? [file.outcome.slug] : []));
  }

  #fileAt(path: string): ParsedFile | undefined {
    // A name with a slash would be the path of another kind of file.
    return hubRoleOf(path) === undefined ? undefined : this.#files.get(path);
  }

  #definitionsAt(path: string): Definitions | undefined {
    const file = this.#fileAt(path);
    return file?.kind === 'definitions' ? file.definitions : undefined;
  }

  #settingsAt(path: string): Settings | undefined {
    const file = this.#fileAt(path);
    return file?.kind === 'settings' ? file.settings : undefined;
  }
}
