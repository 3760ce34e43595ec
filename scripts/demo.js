// `npm run demo`: sets up what is missing, then runs the demo in this process.
import { setUp } from './set-up.js';

setUp();
process.argv.splice(2, 0, 'demo');
await import('../bin/contrail.js');
