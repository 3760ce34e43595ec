/** Git repositories for tests, made without the git program. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { add, commit, init, remove, statusMatrix } from 'isomorphic-git';

export interface TestCommit {
  readonly files: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; whole seconds. */
  readonly at: number;
  /** The parents, where they are not the last commit alone. */
  readonly parents?: readonly string[];
}

/** Makes each commit hold exactly its files; returns their hashes. */
export async function commitAll(dir: string, commits: readonly TestCommit[]): Promise<string[]> {
  await init({ fs, dir, defaultBranch: 'main' });
  const ids: string[] = [];
  for (const each of commits) ids.push(await commitOne(dir, each));
  return ids;
}

async function commitOne(dir: string, { files, at, parents }: TestCommit): Promise<string> {
  for (const [filepath] of await statusMatrix({ fs, dir })) {
    if (files[filepath] !== undefined) continue;
    await remove({ fs, dir, filepath });
    fs.rmSync(join(dir, filepath), { force: true });
  }
  for (const [filepath, content] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(dir, filepath)), { recursive: true });
    fs.writeFileSync(join(dir, filepath), content);
    await add({ fs, dir, filepath });
  }
  const author = { name: 'Test', email: 'test@example.org', timestamp: at / 1000, timezoneOffset: 0 };
  const parent = parents === undefined ? {} : { parent: [...parents] };
  return commit({ fs, dir, message: `at ${at}`, author, committer: author, ...parent });
}
