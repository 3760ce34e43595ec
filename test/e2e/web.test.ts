/** The pages as other machines reach them. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runContrail, startContrail } from '../support/contrail.ts';
import { deployment } from '../support/deployment.ts';

const BIN = fileURLToPath(new URL('../../bin/contrail.js', import.meta.url));
const PASSWORD = 'correct horse battery';

/** `contrail web user` with a password that is piped in. */
async function webUser(arguments_: readonly string[], password: string) {
  const child = spawn(process.execPath, [BIN, 'web', 'user', ...arguments_], { stdio: 'pipe' });
  child.stdin.end(`${password}\n`);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { stdout, stderr, code };
}

describe('contrail web', () => {
  it('serves other machines once there is a user, and asks for the password', async () => {
    const { environment } = deployment();
    const user = await webUser(['alice', '--role', 'operator'], PASSWORD);
    const web = startContrail(['web', '--host', '0.0.0.0', '--port', '0'], {
      environment: {
        ...environment,
        CONTRAIL_WEB_USERS: user.stdout.trim(),
        CONTRAIL_WEB_ADDRESS: 'https://contrail.example.org',
      },
    });
    const [, port = ''] = await web.says(/Contrail: http:\/\/\S+?:(\d+) /);
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers }).then(({ status }) => status);
    const authorization = `Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`;

    expect(user).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^alice:operator:scrypt\.\S+\n$/),
    });
    expect(await Promise.all(['/', '/queues', '/metrics', '/healthz'].map((path) => get(path)))).toEqual([
      401, 401, 401, 200,
    ]);
    expect(await get('/', { authorization })).toBe(200);
    expect(await get('/', { authorization: authorization.replace(/...$/, 'AAA') })).toBe(401);
    web.child.kill('SIGTERM');
    const { code, stdout, stderr } = await web.ended;
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(PASSWORD);
  });

  it.each([
    [{}, /open to everybody.*CONTRAIL_WEB_USERS/s],
    [{ CONTRAIL_WEB_USERS: 'alice:operator:hunter2hunter2' }, /CONTRAIL_WEB_USERS.*contrail web user/s],
    [{ CONTRAIL_WEB_READER_TOKEN: ' ' }, /CONTRAIL_WEB_READER_TOKEN.*24 characters/s],
  ])('does not start on all addresses with %j', async (more, wanted) => {
    const { environment } = deployment();
    const { code, stdout, stderr } = await runContrail(['web', '--host', '0.0.0.0', '--port', '0'], {
      environment: { ...environment, ...more },
    });

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(wanted);
    expect(stderr).not.toContain('hunter2');
  });
});

describe('contrail web user', () => {
  it.each([
    [['alice'], 'short', /too short; it needs 12/],
    [['a:b'], PASSWORD, /"a:b" cannot be a user's name/],
    [['alice', '--role', 'operater'], PASSWORD, /no role "operater".*operator/],
    [[], PASSWORD, /Missing required argument/],
  ])('refuses %j with the password %j', async (arguments_, password, wanted) => {
    const { code, stdout, stderr } = await webUser(arguments_, password);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(wanted);
    expect(stderr).not.toContain('    at ');
  });
});
