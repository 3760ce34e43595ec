/** Which warehouse and bucket a job belongs to, so that workers of another deployment leave it alone. */
import { createHash } from 'node:crypto';

/** Carried by every job. The id decides; the name is for people, and holds no credentials. */
export interface Deployment {
  /** 16 hex digits of a hash over its places. */
  readonly id: string;
  /** `bigquery://my-project (datasets mozanalysis, monitoring) and gs://my-bucket` */
  readonly name: string;
}

/** Addresses in their canonical form: absolute paths, no users, no passwords. */
export interface DeploymentPlaces {
  readonly warehouse: string;
  readonly resultsDataset: string;
  readonly monitoringDataset: string;
  readonly bucket: string;
}

export function deploymentAt({ warehouse, resultsDataset, monitoringDataset, bucket }: DeploymentPlaces): Deployment {
  const places = JSON.stringify([warehouse, resultsDataset, monitoringDataset, bucket]);
  return {
    id: createHash('sha256').update(places).digest('hex').slice(0, 16),
    name: `${warehouse} (datasets ${resultsDataset}, ${monitoringDataset}) and ${bucket}`.slice(0, 1_000),
  };
}

/** Whether a job of `theirs` is none of ours. A job that names no deployment is anybody's. */
export function isForeign(theirs: Deployment | undefined, ours: Deployment | undefined): theirs is Deployment {
  return theirs !== undefined && ours !== undefined && theirs.id !== ours.id;
}
