/** The file `.env` in the working folder. */
import { readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ContrailError, errorText } from '../domain/errors.ts';

const FILE = '.env';
const LARGEST_BYTES = 1_000_000;

/** The variables of `.env` in a folder; none if there is no file. Throws CONFIG_INVALID if it is broken. */
export function readEnvFile(folder = '.'): Readonly<Record<string, string>> {
  const text = textOf(`${folder}/${FILE}`);
  if (text === undefined) return {};
  const broken = brokenLines(text);
  if (broken.length > 0) throw invalid(`line ${broken.join(', ')} is not NAME=value`);
  // util.parseEnv can return undefined, whatever its type says.
  return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']));
}

/** Adds the variables of `.env` to this process's environment, because Google's libraries read some; exported ones win. */
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
    if (text.includes('\0')) throw new Error('it is not a text file');
    return text;
  } catch (error) {
    throw invalid(errorText(error));
  }
}

/** Numbers of lines that are not a variable, a comment or blank. Their text may be a secret, so it is not shown. */
function brokenLines(text: string): number[] {
  // Quoted values may span lines: keep only their line breaks.
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
    hint: 'Correct the file, or run the command in another folder.',
  });
}
