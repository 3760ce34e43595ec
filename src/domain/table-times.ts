/** When tables were last changed, as far as their versions tell: a warehouse keeps times for all of its tables or for none. */
import { type SourceVersion, timeOfVersion } from './source-version.ts';

export interface VersionedTable {
  readonly name: string;
  readonly version: SourceVersion;
}

/** Whether the versions of all these tables are times. */
export function haveTimes(tables: Iterable<Pick<VersionedTable, 'version'>>): boolean {
  return [...tables].every(({ version }) => timeOfVersion(version) !== undefined);
}

/** Milliseconds since 1970; tables without a time are left out. */
export function changeTimes(
  tables: readonly VersionedTable[],
): { readonly name: string; readonly changedAt: number }[] {
  return tables.flatMap(({ name, version }) => {
    const changedAt = timeOfVersion(version);
    return changedAt === undefined ? [] : [{ name, changedAt }];
  });
}
