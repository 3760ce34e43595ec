/** What the documents refer to is there: links, paths and commands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildProgram } from '../../src/cli/usage/program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['docs', 'bench', 'sample', 'test/fixtures'];
const Package = z.object({ scripts: z.record(z.string(), z.string()) });
/** First parts of paths that are ours: of the repository, or of a room of the source. */
const OUR_FOLDERS = new Set([...readdirSync(ROOT), ...readdirSync(join(ROOT, 'src'))]);
/** Made when they are needed, and ignored by git. */
const MADE = /^(?:demo-data|dist|node_modules|bench\/\.build|tools\/emulators\/bin)(?:\/|$)/;

const documents = [
  'README.md',
  'CHANGELOG.md',
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('.build'))
      .map((path) => join(folder, path)),
  ),
].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

const program = buildProgram();

/** Headings as GitHub makes anchors of them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```\w*\n(.*?)^ *```$/gms)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.replace(/^ *```.*?^ *```$/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replace(/\s+/g, ' '),
  );
  return [...blocks, ...inline];
}

/** Whether words after it may be its own, and not a subcommand's name. */
function runsItself(command: Command): boolean {
  return command !== program && command.options.length > 0;
}

/** Why a command line of ours would be refused, or undefined. */
function problemOf(line: string): string | undefined {
  const text = line
    .replace(/\s#.*$/, '')
    .replace(/\s&\s*$/, '')
    .trim();
  const words = /^(?:\w+=\S+ )*(?:npx )?contrail((?: .+)?)$/.exec(text)?.[1]?.trim().split(/\s+/);
  if (words === undefined || words[0] === 'help' || /[…<]/.test(text.replace(/<\w+>$/, ''))) return undefined;
  let command: Command = program;
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next !== undefined) command = next;
    else if (word.startsWith('--')) {
      const isKnown = word === '--help' || command.options.some(({ long }) => long === word.replace(/=.*/, ''));
      if (!isKnown) return `${command.name()} has no option ${word}`;
    } else if (command.commands.length > 0 && !runsItself(command) && word !== '')
      return `${command.name()} has no command ${word}`;
  }
  return undefined;
}

describe.each(documents)('$path', ({ path, text }) => {
  it('has links that lead somewhere', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? join(ROOT, path) : join(ROOT, dirname(path), file);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });

    expect(broken).toEqual([]);
  });

  it('names paths that are in the repository', () => {
    const named = codeOf(text).flatMap((code) => code.match(/(?<![\w./:-])[\w.-]+(?:\/[\w.-]+)+(?![\w/<*…-])/g) ?? []);
    const missing = named
      .filter((name) => OUR_FOLDERS.has(name.split('/')[0] ?? '') && !MADE.test(name))
      .filter((name) => /\.(?:ts|js|md|json|ya?ml|svg|png)$/.test(name))
      .filter((name) => !['', 'src', dirname(path)].some((folder) => existsSync(join(ROOT, folder, name))));

    expect(missing).toEqual([]);
    expect(text.match(/\bdesign, section\b|\bspec[:/]\S*|\bshared\/\S*/g) ?? []).toEqual([]);
  });

  it('shows commands that exist', () => {
    const { scripts } = Package.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const lines = codeOf(text);
    const unknownScripts = lines
      .flatMap((line) => [...line.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name))
      .filter((name) => !Object.hasOwn(scripts, name));

    expect(unknownScripts).toEqual([]);
    expect(lines.map((line) => problemOf(line)).filter((problem) => problem !== undefined)).toEqual([]);
  });
});

it('finds commands that do not exist', () => {
  expect(problemOf('npx contrail backfil --wait')).toBe('contrail has no command backfil');
  expect(problemOf('contrail backfill --wiat   # enqueue')).toBe('backfill has no option --wiat');
  expect(problemOf('CONTRAIL_BUCKET=file:./out contrail --demo run statistics --period weekly &')).toBe(undefined);
});
