/**
 * The replay server as a process of its own. Its argument is ReplayServerOptions as JSON; it prints one line of JSON
 * with its addresses, and ends when its standard input does, or by SIGTERM.
 */
import { startReplayServer, type ReplayServerOptions } from './replay-server.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as ReplayServerOptions;
const server = await startReplayServer(options);
const { restUrl, grpcAddress } = server;
console.log(JSON.stringify({ restUrl, grpcAddress }));

const stop = (): void => void server.stop();
process.once('SIGTERM', stop);
// A parent that dies closes the pipe: no server is left behind.
process.stdin.resume().once('end', stop);
