/** `contrail web user NAME`: makes an entry of CONTRAIL_WEB_USERS from a password. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { didYouMean } from '../../domain/nearest-name.ts';
import { ContrailError } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';
import { hashPassword, SHORTEST_PASSWORD } from '../../web/access/password-hash.ts';
import { roleOf, USER_NAME } from '../../web/access/users.ts';
import { ROLES } from '../../web/access/visitor.ts';
import { printResult, say } from '../output.ts';

interface Options {
  readonly role: string;
}

export async function webUser(name: string, { role: word }: Options): Promise<void> {
  if (!USER_NAME.test(name)) {
    throw new ContrailError('USAGE', `${quote(name)} cannot be a user's name.`, {
      hint: 'Use up to 64 letters, digits and . _ @ + -, a letter or digit first.',
    });
  }
  const role = roleOf(word);
  if (role === undefined) {
    throw new ContrailError('USAGE', `There is no role ${quote(word)}. ${didYouMean(word, ROLES)}`.trim(), {
      hint: `The roles are ${ROLES.join(' and ')}.`,
    });
  }
  const password = process.stdin.isTTY ? await askTwice() : await firstLine();
  if (password.length < SHORTEST_PASSWORD) {
    throw new ContrailError('USAGE', `The password is too short; it needs ${SHORTEST_PASSWORD} characters.`);
  }
  printResult(`${name}:${role}:${await hashPassword(password)}`);
}

async function askTwice(): Promise<string> {
  const password = await askHidden('Password: ');
  if ((await askHidden('Again: ')) === password) return password;
  throw new ContrailError('USAGE', 'The two passwords are not the same.');
}

/** Shows the question, and nothing of what is typed. */
async function askHidden(question: string): Promise<string> {
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nothing, terminal: true });
  const interrupted = new AbortController();
  terminal.on('SIGINT', () => interrupted.abort());
  process.stderr.write(question);
  try {
    return await terminal.question('', { signal: interrupted.signal });
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    throw new ContrailError('ABORTED', 'No password was given.');
  } finally {
    terminal.close();
    say('');
  }
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}
