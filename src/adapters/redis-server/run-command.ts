import { execFile } from 'node:child_process';

export interface CommandResult {
  /** 0: success; -1: it could not be started or took too long. */
  readonly code: number;
  /** stdout and stderr. */
  readonly output: string;
}

/** Runs a program without a shell and without input. Never rejects. */
export function runCommand(program: string, args: readonly string[], limitMs: number): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { timeout: limitMs, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, output: `${stdout}${stderr}` });
      },
    );
    child.stdin?.end();
  });
}
