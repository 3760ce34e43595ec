/** The list of experiments: filters, order and pages. */
import type { Experiment } from '../../../domain/experiment.ts';
import { type Stage, stageOf } from './status.ts';

export interface ListFilter {
  /** Words that must all be in the slug, in any case; empty: all. */
  readonly q: string;
  /** Empty: all. */
  readonly app: string;
  readonly status: Stage | '';
  /** From 1. */
  readonly page: number;
}

export interface ListView {
  readonly shown: readonly ListedExperiment[];
  /** How many match the filter. */
  readonly matching: number;
  readonly all: number;
  readonly pages: number;
  readonly page: number;
  readonly applications: readonly string[];
}

export interface ListedExperiment {
  readonly experiment: Experiment;
  readonly stage: Stage;
}

export const STAGES: readonly Stage[] = ['live', 'ended', 'not started'];
const PAGE_SIZE = 50;
const RANK: Readonly<Record<Stage, number>> = { live: 0, 'not started': 1, ended: 2 };

/** Live ones first; `experiments` newest first. */
export function listView(
  experiments: readonly Experiment[],
  { q, app, status, page }: ListFilter,
  now: number,
): ListView {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = experiments
    .map((experiment) => ({ experiment, stage: stageOf(experiment, now) }))
    .filter(
      ({ experiment: { slug, appName }, stage }) =>
        words.every((word) => slug.toLowerCase().includes(word)) &&
        (app === '' || appName === app) &&
        (status === '' || stage === status),
    )
    .toSorted((a, b) => RANK[a.stage] - RANK[b.stage]);
  const pages = Math.max(1, Math.ceil(matching.length / PAGE_SIZE));
  const current = Math.min(Math.max(1, page), pages);
  return {
    shown: matching.slice((current - 1) * PAGE_SIZE, current * PAGE_SIZE),
    matching: matching.length,
    all: experiments.length,
    pages,
    page: current,
    applications: [...new Set(experiments.map(({ appName }) => appName))].sort(),
  };
}
