/** The command line as a process: compiled with the questions, because of this file. */
import { main } from '../../src/cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
