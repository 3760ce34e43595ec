/** What Contrail knows of an experiment from the experiments API (v8). */

export interface Experiment {
  readonly slug: string;
  readonly appName: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
}
