/** The port on which a process without pages tells of itself: /metrics, /healthz and /readyz. Off unless it is set. */
import type { Config } from '../../config/load-config.ts';
import type { Observation } from './observation.ts';
import { type ObservationRequest, openObservation } from './open-observation.ts';

export interface ServicePort {
  readonly observation: Observation;
  readonly url: string;
  /** Closes the port and its connections. */
  readonly stop: () => Promise<void>;
}

export interface ServicePortRequest extends ObservationRequest {
  /** Default: the setting. */
  readonly port?: number | undefined;
  /** Default: one of its own, which ends with the port. */
  readonly observation?: Observation;
}

/** Undefined if no port is set. Throws PORT_UNUSABLE. */
export async function openServicePort(config: Config, request: ServicePortRequest): Promise<ServicePort | undefined> {
  const port = request.port ?? config['metrics.port'];
  if (port === undefined) return undefined;
  const [{ buildServiceApp }, { listenForMetrics }] = await Promise.all([
    import('../../web/service-app.ts'),
    import('../../web/server.ts'),
  ]);
  const observation = request.observation ?? (await openObservation(config, request));
  const host = config['metrics.host'];
  const app = await buildServiceApp({ observation, host, log: request.log });
  const stop = async (): Promise<void> => {
    await app.close();
    if (request.observation === undefined) observation.close();
  };
  try {
    const url = await listenForMetrics(app, { host, port });
    request.log.info({ url: `${url}/metrics` }, 'serving metrics');
    return { observation, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
