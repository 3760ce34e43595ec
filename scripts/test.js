// `npm test`: sets up what is missing, then runs the tests; arguments go to vitest.
import { run, setUp } from './set-up.js';

setUp();
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);
