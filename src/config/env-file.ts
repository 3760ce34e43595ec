/** The file `.env` in the working folder: settings for whoever does not want to export them. */
import { readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ContrailError, errorText } from '../domain/errors.ts';

const FILE = '.env';
const LARGEST_BYTES = 1_000_000;

/** The variables of `.env` in that folder, none where there is no such file. Throws CONFIG_INVALID for a broken one. */
export function readEnvFile(folder = '.'): Readonly<Record<string, string>> {
  const text = textOf(`${folder}/${FILE}`);
  if (text === undefined) return {};
  const broken = brokenLines(text);
  if (broken.length > 0) throw invalid(`line ${broken.join(', ')} is not NAME=value`);
  // It gives undefined for no variable, whatever its type says.
  return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']));
}

/** Adds the variables of `.env` to the environment of this process, where Google's libraries read some; exported ones win. */
export function applyEnvFile(): void {
  for (const [name, value] of Object.entries(readEnvFile())) process.env[name] ??= value;
}

function textOf(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isFile()) throw new Error('it is not a file');
    if (stats.size > LARGEST_BYTES) throw new Error('it is larger than 1 MB');
    const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
    if (text.includes('\0')) throw new Error('it is not a text');
    return text;
  } catch (error) {
    throw invalid(errorText(error));
  }
}

/** Numbers of the lines that are neither a variable, a comment nor blank. Their text may be a secret, so it is not shown. */
function brokenLines(text: string): number[] {
  // Quoted values may span lines: only their line breaks are kept.
  const plain = text.replace(
    /^(\s*(?:export\s+)?[\w.]+\s*=[^\S\n]*)(["'`])([^]*?)\2/gm,
    (_, start: string, _quote, value: string) => start + value.replace(/[^\n]+/g, '').replaceAll('\n', '\n#'),
  );
  return plain
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(?:#.*|(?:export\s+)?[A-Za-z_][\w.]*\s*=.*)?$/.test(line.trimEnd()) ? [] : [index + 1],
    );
}

function invalid(reason: string): ContrailError {
  return new ContrailError('CONFIG_INVALID', `${FILE} in the working folder cannot be used: ${reason}.`, {
    hint: 'Correct it, or run the command in another folder.',
  });
}
