/** The log of a command. On a terminal, lines scroll above the progress line. */
import { createLog } from '../adapters/system/log.ts';
import type { Config } from '../config/load-config.ts';
import type { Log } from '../ports/log.ts';
import { terminalLog } from './terminal-line.ts';

export function logOf(config: Config): Log {
  return createLog({ level: config.logLevel, target: terminalLog });
}
