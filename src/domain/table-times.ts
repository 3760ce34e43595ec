/** When tables were last changed, from their versions. A warehouse keeps times for all of its tables or for none. */
import { type SourceVersion, timeOfVersion } from './source-version.ts';

export interface VersionedTable {
  readonly name: string;
  readonly version: SourceVersion;
}

/** Whether all versions are times. */
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
