/** Silences from the settings: of a rule, of a subject such as an experiment, or of both. */
import { alertKey, type AlertRow, silenceId } from './row.ts';
import type { RuleResult } from './rule.ts';

/** Practically for ever: a configured silence ends when the setting changes. */
const FOREVER = '9999-12-31T00:00:00Z';

/** Rows that silence the current findings named in `silences` (`M1`, `my-slug` or `M1:my-slug`). They are not stored. */
export function configuredSilences(
  results: readonly RuleResult[],
  silences: readonly string[],
  now: string,
): AlertRow[] {
  if (silences.length === 0) return [];
  const names = new Set(silences);
  const subjects = results
    .flatMap(({ findings }) => findings)
    .filter(({ rule, subject }) => [rule, subject, `${rule}:${subject}`].some((name) => names.has(name)));
  const unique = new Map(subjects.map((finding) => [alertKey(finding), finding]));
  return [...unique.values()].map(({ rule, subject, severity }) => ({
    changed_at: now,
    alert_id: silenceId(rule, subject),
    rule,
    severity,
    subject,
    state: 'silenced',
    opened_at: null,
    last_seen_at: null,
    resolved_at: null,
    value: null,
    threshold: null,
    formula: null,
    summary: null,
    link: null,
    silenced_until: FOREVER,
    silence_reason: 'silenced by CONTRAIL_ALERTS_SILENCE',
    actor: 'configuration',
    notified: [],
    wake_above: null,
  }));
}
