// `npm test` and, with --all, `npm run test:all`: sets up what is missing, then runs the tests; other arguments go to vitest.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, setUp } from './set-up.js';

const QUICK = ['unit', 'contract', 'integration', 'e2e'];
const HELP = `Usage: npm test -- [FILE...] [OPTION...]
       npm run test:all -- [OPTION...]

npm test          the tests of test/unit, test/contract, test/integration and test/e2e
npm run test:all  those, and the tests of test/long

FILE              runs the test files whose path contains this text, those of test/long too
--project NAME    runs the tests of one folder: ${QUICK.join(', ')}, long, goldens,
                  emulators (needs Go), browser (needs Chromium)
OPTION            any other option of vitest, such as -t NAME
`;

const { areAll, words } = readArguments(process.argv.slice(2));
if (words.includes('--help') || words.includes('-h')) {
  process.stdout.write(HELP);
} else {
  setUp();
  run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...projects(), ...words]);
}

function readArguments(all) {
  return { areAll: all.includes('--all'), words: all.filter((word) => word !== '--all') };
}

// Tests that need more than Node and Redis (a browser, the emulators) run only where they are asked for.
function projects() {
  if (words.some((word) => word.startsWith('--project'))) return [];
  const names = areAll || words.some(namesLongTest) ? [...QUICK, 'long'] : QUICK;
  return names.flatMap((name) => ['--project', name]);
}

function namesLongTest(word) {
  const files = readdirSync(join(root, 'test', 'long'), { recursive: true }).map((file) =>
    join(root, 'test', 'long', file),
  );
  return files.some((file) => file.endsWith('.test.ts') && file.includes(word.replace(/^\.\//, '')));
}
