import { expect, it } from 'vitest';
import { judgeFlaws } from '../../../../src/app/doctor/redis-flaws.ts';

const LUA = 'CVE-2025-49844';
const BLOCKING = 'CVE-2026-23479';

it.each([
  ['redis', '6.2.19', [LUA, BLOCKING]],
  ['redis', '6.2.22', []],
  // No fix was made for 7.0.
  ['redis', '7.0.15', [LUA, BLOCKING]],
  ['redis', '7.2.10', [LUA, BLOCKING]],
  ['redis', '7.2.13', [BLOCKING]],
  ['redis', '7.2.14', []],
  ['redis', '8.0.6', [BLOCKING]],
  ['redis', '8.4.2', [BLOCKING]],
  ['redis', '8.6.3', []],
  ['redis', '8.8.0', []],
  ['redis', '10.0.0', []],
  ['redis', '', [LUA, BLOCKING]],
  ['redis', '255.255.255', []],
  ['valkey', '8.1.3', [LUA, BLOCKING]],
  ['valkey', '8.1.4', [BLOCKING]],
  ['valkey', '8.1.7', []],
  ['valkey', '9.0.0-rc1', [BLOCKING]],
  ['valkey', '9.1.0', []],
] as const)('knows the flaws of %s %j', (server, version, flaws) => {
  const { state, detail } = judgeFlaws(server, version);

  expect(detail.match(/CVE-\d+-\d+/g) ?? []).toEqual(flaws);
  expect(state).toBe(flaws.length === 0 ? 'ok' : 'warning');
});

it('names the versions to update to', () => {
  expect(judgeFlaws('redis', '7.2.4').remedy).toContain('7.2.14');
  expect(judgeFlaws('valkey', '8.0.1').remedy).toContain('8.0.8');
});
