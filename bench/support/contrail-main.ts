/** The command line as a process, compiled with the questions: `dist/` may be missing, or of older sources. */
import { main } from '../../src/cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
