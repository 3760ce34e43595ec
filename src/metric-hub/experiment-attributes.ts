/** The names of `{{ experiment.… }}` in SQL templates: the fields of the analysis's own experiment object. */
import type { Lookups } from './check-template.ts';
import type { EffectiveDates } from './external-config.ts';

const ATTRIBUTES: ReadonlySet<string> = new Set([
  'analysis_unit',
  'app_id',
  'app_name',
  'boolean_pref',
  'branches',
  'bucket_config',
  'bucket_count',
  'bucket_start',
  'channel',
  'dataset_id',
  'do_rerun',
  'do_rerun_timestamp',
  'end_date',
  'end_date_str',
  'enrollment_end_date',
  'enrollment_period',
  'enrollments_query_type',
  'experiment',
  'experiment_spec',
  'experimenter_slug',
  'exposure_signal',
  'has_external_config_overrides',
  'is_enrollment_paused',
  'is_high_population',
  'is_private',
  'is_rollout',
  'last_enrollment_date_str',
  'normandy_slug',
  'outcomes',
  'proposed_enrollment',
  'randomization_unit',
  'reference_branch',
  'sample_size',
  'segments',
  'skip',
  'start_date',
  'start_date_str',
  'status',
  'type',
]);

/** The attributes, and those without a value because this experiment lacks a date. */
export function experimentAttributes({ startDate, endDate }: EffectiveDates): Lookups {
  const missing = new Map<string, string>();
  if (startDate === null) {
    missing.set('start_date_str', 'the experiment has no start date');
    missing.set('last_enrollment_date_str', 'the experiment has no start date');
  }
  if (endDate === null) missing.set('end_date_str', 'the experiment has no end date');
  return { kind: 'attribute of the experiment', known: ATTRIBUTES, missing };
}
