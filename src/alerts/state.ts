/**
 * The states of an alert: opened, still open, silenced, without data, resolved. A pure step from the newest rows and the
 * current findings to the changed rows. A rule has at most one open alert per subject.
 */
import { type AlertRow, alertId, alertKey, changeTime, isSilenceRow, timeOf, timeText } from './row.ts';
import type { Finding, RuleFacts, RuleResult, Verdict } from './rule.ts';
import { currentSilence, type SilenceAnswer } from './silence.ts';
import { groupBy } from '../domain/group-by.ts';
import { MS_PER_HOUR } from '../domain/utc-time.ts';

export interface AlertStep {
  /** The newest row of each alert and silence, including resolved ones. */
  readonly previous: readonly AlertRow[];
  readonly results: readonly RuleResult[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Unchanged open alerts are written again this often, to show that they are still checked. */
  readonly refreshMs?: number;
}

/** An alert after the step. */
export interface SteppedAlert {
  readonly row: AlertRow;
  readonly rule: RuleFacts;
  /** Whether the row is new and must be written. */
  readonly isChanged: boolean;
  /** The row with what was found now, also if nothing is written. */
  readonly latest: AlertRow;
  /** What was found, if known. */
  readonly changeKey: string | null;
  /** Why the rule cannot be evaluated for it now; null: it can. */
  readonly problem: string | null;
}

type Failing = Extract<Verdict, { kind: 'failing' }>;

/** The columns that a finding sets. */
type Seen = Pick<AlertRow, 'severity' | 'value' | 'threshold' | 'formula' | 'summary' | 'link' | 'last_seen_at'>;

interface StepContext {
  readonly rule: RuleFacts;
  readonly now: number;
  readonly refreshMs: number;
  /** Unresolved alerts of the rule and subject, oldest first. */
  readonly unresolved: readonly AlertRow[];
  /** Whether the subject exists but cannot be evaluated now. */
  readonly isUnread: boolean;
  /** Why the rule could not be evaluated for all subjects. */
  readonly problem: string | null;
  /** All rows of the rule and subject. */
  readonly all: readonly AlertRow[];
}

/** All alerts that are unresolved, or resolved by this step. */
export function stepAlerts({ previous, results, now, refreshMs = MS_PER_HOUR }: AlertStep): SteppedAlert[] {
  const rows = groupBy(previous, alertKey);
  return results.flatMap((result) => {
    const { rule } = result;
    const found = new Map(result.findings.map((finding) => [alertKey(finding), finding]));
    const known = previous.filter((row) => row.rule === rule.id).map(alertKey);
    return [...new Set([...known, ...found.keys()])].flatMap((key) => {
      const all = rows.get(key) ?? [];
      const unresolved = all.filter(isUnresolved).sort(byOpening);
      const isUnread = unresolved.some((row) => result.unread?.has(row.subject));
      const context = { rule, now, refreshMs, all, unresolved, isUnread, problem: result.problem };
      return stepSubject(context, found.get(key), result.isComplete);
    });
  });
}

function stepSubject(context: StepContext, finding: Finding | undefined, isComplete: boolean): SteppedAlert[] {
  const [current, ...doubles] = context.unresolved;
  // Two checkers at once may have opened one each; keep the older.
  const closed = doubles.map((row) => resolve(context, row));
  if (finding?.verdict.kind === 'failing') return [fail(context, current, finding, finding.verdict), ...closed].flat();
  if (current === undefined) return closed;
  if (context.isUnread) return [{ ...stepped(context, current, false, null), problem: UNREAD }, ...closed];
  const isKnown = finding === undefined ? isComplete : finding.verdict.kind === 'passing';
  return [isKnown ? resolve(context, current) : loseData(context, current, problemOf(context, finding)), ...closed];
}

const UNREAD = 'its record cannot be read';

function problemOf({ problem }: StepContext, finding: Finding | undefined): string {
  return finding?.verdict.kind === 'no_data' ? finding.verdict.reason : (problem ?? 'the rule could not be evaluated');
}

function fail(context: StepContext, current: AlertRow | undefined, finding: Finding, verdict: Failing): SteppedAlert[] {
  const seen: Seen = {
    severity: finding.severity,
    value: verdict.value,
    threshold: finding.threshold,
    formula: verdict.formula,
    summary: verdict.summary,
    link: finding.link,
    last_seen_at: timeText(context.now),
  };
  const changeKey = verdict.changeKey ?? null;
  if (current === undefined) return open(context, finding, seen, changeKey);
  const next = { ...current, ...seen, ...silenceOf(context, current, verdict.value) };
  const isNew =
    next.state !== current.state ||
    next.severity !== current.severity ||
    next.threshold !== current.threshold ||
    next.silenced_until !== current.silenced_until ||
    (changeKey !== null && next.summary !== current.summary) ||
    timeOf(current.last_seen_at) <= context.now - context.refreshMs;
  if (!isNew) return [{ ...stepped(context, current, false, changeKey), latest: next }];
  return [stepped(context, { ...next, changed_at: changeTime(context.now, current) }, true, changeKey)];
}

function open(context: StepContext, finding: Finding, seen: Seen, changeKey: string | null): SteppedAlert[] {
  const { rule, now, all } = context;
  const isEvent = rule.isEvent ?? false;
  if (isEvent && all.some((row) => !isSilenceRow(row))) return [];
  const row: AlertRow = {
    changed_at: timeText(now),
    alert_id: alertId(finding.rule, finding.subject, now),
    rule: finding.rule,
    subject: finding.subject,
    ...seen,
    opened_at: timeText(now),
    resolved_at: isEvent ? timeText(now) : null,
    ...QUIET,
    ...(isEvent ? { state: 'resolved' as const } : silenceOf(context, undefined, seen.value)),
    notified: [],
  };
  return [stepped(context, row, true, changeKey)];
}

const QUIET = { silenced_until: null, silence_reason: null, actor: null, wake_above: null };

type SilenceColumns = Pick<AlertRow, 'state' | 'silenced_until' | 'silence_reason' | 'actor' | 'wake_above'>;

/** Open or silenced, and by whom. When a silence has ended, its columns stay, unless the silence begins later. */
function silenceOf({ all, now }: StepContext, current: AlertRow | undefined, value: number | null): SilenceColumns {
  const found = currentSilence(all, { alert: current, value, now });
  if (found?.isWoken === false) {
    const { silenced_until, silence_reason, actor, wake_above } = found.silence;
    return { state: 'silenced', silenced_until, silence_reason, actor, wake_above };
  }
  const ended = current ?? QUIET;
  const { silence_reason, actor } = found === undefined ? ended : found.silence;
  return { state: 'open', silenced_until: endOfSilence(current, found, now), silence_reason, actor, wake_above: null };
}

/** Now for a silence that is cut short. */
function endOfSilence(current: AlertRow | undefined, found: SilenceAnswer | undefined, now: number): string | null {
  const until = current?.silenced_until ?? null;
  const isKnown = found === undefined || timeOf(until) > timeOf(found.silence.changed_at);
  return isKnown && timeOf(until) <= now ? until : timeText(now);
}

function resolve(context: StepContext, current: AlertRow): SteppedAlert {
  const row: AlertRow = {
    ...current,
    ...silenceOf(context, current, current.value),
    state: 'resolved',
    changed_at: changeTime(context.now, current),
    resolved_at: timeText(context.now),
  };
  return stepped(context, row, true, null);
}

/** A silence continues without data; an open alert becomes `no_data`. */
function loseData(context: StepContext, current: AlertRow, problem: string | null): SteppedAlert {
  const next = { ...current, ...silenceOf(context, current, current.value) };
  const state = next.state === 'open' ? 'no_data' : next.state;
  if (state === current.state) return { ...stepped(context, current, false, null), problem };
  const row = { ...next, state, changed_at: changeTime(context.now, current) };
  return { ...stepped(context, row, true, null), problem };
}

function stepped(context: StepContext, row: AlertRow, isChanged: boolean, changeKey: string | null): SteppedAlert {
  return { row, latest: row, rule: context.rule, isChanged, changeKey, problem: null };
}

function isUnresolved(row: AlertRow): boolean {
  return row.state !== 'resolved' && !isSilenceRow(row);
}

function byOpening(a: AlertRow, b: AlertRow): number {
  return timeOf(a.opened_at) - timeOf(b.opened_at);
}
