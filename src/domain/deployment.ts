/** The warehouse and bucket that a job belongs to. Workers of another deployment do not run it. */
import { createHash } from 'node:crypto';

/** Carried by every job. Only the id is compared; the name is for people, and holds no credentials. */
export interface Deployment {
  /** First 16 hex digits of a hash over the addresses. */
  readonly id: string;
  /** `bigquery://my-project (datasets mozanalysis, monitoring) and gs://my-bucket` */
  readonly name: string;
}

/** Addresses in canonical form: absolute paths, no users, no passwords. */
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

/** Whether a job belongs to another deployment. A job without one belongs to everybody. */
export function isForeign(theirs: Deployment | undefined, ours: Deployment | undefined): theirs is Deployment {
  return theirs !== undefined && ours !== undefined && theirs.id !== ours.id;
}
