// `npm test`: sets up what is missing, then runs the tests; arguments go to vitest.
import { run, setUp } from './set-up.js';

// Tests that need more than Node and Redis (a browser, the emulators) are run by .ci/run, or by asking for their project.
const isChosen = process.argv.some((argument) => argument.startsWith('--project'));
const projects = isChosen ? [] : ['unit', 'contract', 'integration', 'e2e'].flatMap((name) => ['--project', name]);

setUp();
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...projects, ...process.argv.slice(2)]);
