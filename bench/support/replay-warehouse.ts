/** The replay of BigQuery as a process: compiled with the questions, because of this file. */
await import('../../test/support/replay-server/main.ts');
