/** Segments. They are not in the file, but an undefined one stops it (spec: metadata, section 8). */
import { checkTemplate } from './check-template.ts';
import { configurationError } from './configuration-error.ts';
import type { ResolutionScope } from './resolution-scope.ts';
import type { TomlValue } from './toml.ts';

/** Checks the segments of the configuration and of the record. Throws CONFIGURATION_INVALID. */
export function checkSegments(ofRecord: readonly string[], scope: ResolutionScope): void {
  const configured = scope.settings.experiment.segments;
  for (const name of configured?.value ?? []) {
    checkSegment(name, { file: configured?.file ?? '', table: '[experiment]', key: 'segments' }, scope);
  }
  for (const name of ofRecord) {
    checkSegment(name, { file: `definitions/${scope.app}.toml`, table: '[segments]', key: '' }, scope);
  }
}

interface Place {
  readonly file: string;
  readonly table: string;
  readonly key: string;
}

function checkSegment(name: TomlValue, { file, table, key }: Place, scope: ResolutionScope): void {
  const { settings, definitions, app } = scope;
  const text = typeof name === 'string' ? name : '';
  const segment = settings.segments.get(text) ?? definitions.segments.get(text);
  if (segment === undefined) {
    throw configurationError({
      file,
      table,
      ...(key === '' ? {} : { key }),
      problem: `unknown segment ${JSON.stringify(text)} for ${app}`,
      unknown: { name: text, known: [...settings.segments.keys(), ...definitions.segments.keys()] },
    });
  }
  const { dataSource, selectExpression } = segment.fields;
  const title = `[segments.${text}]`;
  const source = settings.segmentSources.get(dataSource.value) ?? definitions.segmentSources.get(dataSource.value);
  if (source === undefined) {
    throw configurationError({
      file: dataSource.file,
      table: title,
      key: 'data_source',
      problem: `unknown segment data source ${JSON.stringify(dataSource.value)} for ${app}`,
      unknown: {
        name: dataSource.value,
        known: [...settings.segmentSources.keys(), ...definitions.segmentSources.keys()],
      },
    });
  }
  const fromExperiment = { functions: new Set<string>(), values: scope.experimentValues };
  const sourceTitle = `[segments.data_sources.${source.name}]`;
  checkTemplate(source.fields.fromExpression, fromExperiment, { table: sourceTitle, key: 'from_expression' });
  const functionsOnly = { functions: scope.templates.functions, values: new Map() };
  checkTemplate(selectExpression, functionsOnly, { table: title, key: 'select_expression' });
}
