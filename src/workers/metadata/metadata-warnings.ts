/** Problems of a metadata file that is published anyway. */
import type { Warning } from '../../domain/outcome.ts';

export interface Oddities {
  /** Why metric-hub may be out of date. */
  readonly staleHub: string | undefined;
  /** Where U+0000 was, from `storableContent`. */
  readonly nulPlaces: readonly string[];
}

/** This many are named; the rest is counted. */
const MOST_PLACES = 3;

export function metadataWarnings({ staleHub, nulPlaces }: Oddities): Warning[] {
  const warnings: Warning[] = [];
  if (staleHub !== undefined) warnings.push({ kind: 'metric_hub', message: staleHub });
  if (nulPlaces.length > 0) warnings.push({ kind: 'nul', message: nulMessage(nulPlaces) });
  return warnings;
}

function nulMessage(places: readonly string[]): string {
  const more = places.length - MOST_PLACES;
  const named = places.slice(0, MOST_PLACES).join(', ');
  const verb = places.length === 1 ? 'has' : 'have';
  return (
    `In metric-hub, ${named}${more > 0 ? ` and ${more} more` : ''} ${verb} the character U+0000, ` +
    'which Experimenter cannot store. The metadata file has U+FFFD (�) instead.'
  );
}
