/** The list of experiments and metric-hub. */
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { BuildDependencies } from '../../workers/metadata/build-metadata.ts';
import { type CheckGroup, ok, warning } from './check.ts';

export interface SourceCheckDependencies {
  readonly experiments: ExperimentsApi;
  readonly resolution: () => Promise<BuildDependencies>;
}

/** The first clone takes its time. */
const METRIC_HUB_LIMIT_MS = 25_000;

export function sourceChecks({ experiments, resolution }: SourceCheckDependencies): CheckGroup[] {
  return [
    {
      name: 'Experiments',
      run: async (signal) => {
        const { experiments: listed, malformed } = await experiments.list(signal);
        const detail = `${experiments.url} lists ${listed.length} experiments.`;
        if (listed.length === 0) return [warning('Experiments', detail, 'Check CONTRAIL_EXPERIMENTER.')];
        if (malformed.length === 0) return [ok('Experiments', detail)];
        const remedy = `Correct them in Experimenter; the first: ${malformed[0]?.error.message ?? ''}`;
        return [warning('Experiments', `${detail} ${malformed.length} more cannot be read.`, remedy)];
      },
    },
    {
      name: 'metric-hub',
      limitMs: METRIC_HUB_LIMIT_MS,
      run: async (signal) => {
        const { metricHub, configurations } = await resolution();
        const state = await metricHub.current(signal);
        await configurations.load(state.newest, signal);
        if (state.warning !== undefined) {
          return [warning('metric-hub', state.warning, 'Check CONTRAIL_METRIC_HUB and the network.')];
        }
        return [ok('metric-hub', `${metricHub.url} at ${state.newest.id.slice(0, 12)}.`)];
      },
    },
  ];
}
