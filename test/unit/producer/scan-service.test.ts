import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { ScanService } from '../../../src/producer/scan-service.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { makeSignal } from '../../support/signal.ts';

function setup(scan: (signal: AbortSignal) => Promise<void>, intervalMs = 1) {
  const log = recordedLog();
  const service = new ScanService({ scan, intervalMs, log });
  onTestFinished(() => service.stop());
  return { service, log };
}

const aborted = async (signal: AbortSignal) => {
  if (!signal.aborted) await once(signal, 'abort');
};

describe('the scan service', () => {
  it('scans again and again, one scan at a time', async () => {
    const scans = makeSignal<number>();
    let running = 0;
    const { service } = setup(async () => {
      running += 1;
      scans.tell(running);
      await new Promise((done) => setTimeout(done, 3));
      running -= 1;
    });

    service.start();
    service.start();
    await scans.next(() => scans.told.length >= 5);
    await service.stop();

    expect(new Set(scans.told)).toEqual(new Set([1]));
  });

  it('goes on after a scan that failed, and logs why', async () => {
    const scans = makeSignal<number>();
    const { service, log } = setup(async () => {
      scans.tell(scans.told.length);
      if (scans.told.length === 1) throw new ContrailError('WAREHOUSE_BUSY', 'Busy.', { hint: 'Wait.' });
    });

    service.start();
    await scans.next((scan) => scan === 2);
    await service.stop();

    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: { code: 'WAREHOUSE_BUSY', problem: 'Busy. Wait.' },
        text: 'a scan failed; the next one tries again',
      },
    ]);
  });

  it('aborts the scan under way when it is stopped, and does not call that a failure', async () => {
    const begun = makeSignal<string>();
    const { service, log } = setup(async (signal) => {
      begun.tell('begun');
      await aborted(signal);
      signal.throwIfAborted();
    });
    service.start();
    await begun.next();

    await service.stop();

    expect([begun.told, log.lines]).toEqual([['begun'], []]);
  });

  it('does not wait for the next scan when it is stopped', async () => {
    const scans = makeSignal<string>();
    const { service } = setup(async () => scans.tell('scan'), 24 * 3_600_000);
    service.start();
    await scans.next();

    await service.stop();

    expect(scans.told).toEqual(['scan']);
  });

  it('can be stopped twice, and before it was started', async () => {
    const scans = makeSignal<string>();
    const { service } = setup(async () => scans.tell('scan'));

    await service.stop();
    service.start();
    await Promise.all([service.stop(), service.stop()]);

    expect(scans.told).toEqual([]);
  });
});
