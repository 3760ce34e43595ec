/** The sentence that answers whether all is well. */
import { formatAge } from '../../../domain/age-text.ts';
import { countOf, countText } from '../../text/numbers.ts';
import { STATES_BY_ATTENTION } from './health-file.ts';
import type { HealthSnapshot, KnownFiles } from './health-source.ts';

export interface Headline {
  readonly status: 'well' | 'needs_you' | 'empty' | 'rebuilding' | 'unwatched' | 'unknown';
  readonly text: string;
  /** What was looked at. */
  readonly sub: string;
}

export function headlineOf({ files, records, now }: HealthSnapshot): Headline {
  if (files.kind === 'unread') {
    return { status: 'unknown', text: 'The states of files are not known', sub: files.problem };
  }
  if (files.value.kind === 'files') return ofFiles(files.value, now);
  const hasRuns =
    records.kind === 'read' && records.value.hours.some(({ published, failed }) => published + failed > 0);
  return hasRuns
    ? {
        status: 'rebuilding',
        text: 'The states of files are being rebuilt',
        sub: 'The next scan of contrail schedule looks at all of them again. Published files are not touched.',
      }
    : { status: 'empty', text: 'No experiments yet', sub: 'contrail schedule has not run.' };
}

function ofFiles({ totals, checkedAt, isOld }: KnownFiles, now: number): Headline {
  const { files, needYou } = totals;
  const sub = subOf({ totals });
  const need = `${countText(needYou)} of ${countOf(files, 'file')} ${needYou === 1 ? 'needs' : 'need'} you`;
  if (isOld) {
    const age = formatAge(Math.max(0, now - checkedAt));
    return {
      status: 'unwatched',
      text: `Nobody has checked the files for ${age}`,
      sub: `Is contrail schedule running? At the last scan: ${needYou === 0 ? 'all well' : need}. ${sub}`,
    };
  }
  if (files === 0)
    return { status: 'empty', text: 'No experiments yet', sub: 'The last scan found nothing to publish.' };
  if (needYou > 0) return { status: 'needs_you', text: need, sub };
  const isFresh = (totals.byState.fresh ?? 0) === files;
  const all = files === 1 ? 'The only file' : `All ${countOf(files, 'file')}`;
  const text = isFresh ? `${all} ${files === 1 ? 'is' : 'are'} fresh` : `None of ${countOf(files, 'file')} needs you`;
  return { status: 'well', text, sub };
}

/** `212 fresh, 3 running, 1 rebuilding; 340 not due.` */
function subOf({ totals: { byState, notDue } }: Pick<KnownFiles, 'totals'>): string {
  const first = (byState['not due'] ?? 0) - notDue;
  const parts = STATES_BY_ATTENTION.toReversed().flatMap((state) => {
    const count = byState[state] ?? 0;
    return count === 0 || state === 'not due' ? [] : [`${countText(count)} ${state}`];
  });
  const known = [...parts, ...(first > 0 ? [`${countText(first)} due for the first time`] : [])];
  const none = notDue === 0 ? '' : `${known.length === 0 ? '' : '; '}${countText(notDue)} not due`;
  return known.length === 0 && none === '' ? '' : `${known.join(', ')}${none}.`;
}
