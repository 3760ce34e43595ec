/** Broken requests: not HTTP, headers too long, or incomplete in time. They reach no route and no hook. */
import type { Socket } from 'node:net';
import { securityHeaders } from './security-headers.ts';

const ANSWERS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** Replies with a status and closes the connection. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const status = ANSWERS[error.code ?? ''] ?? '400 Bad Request';
    const headers = { ...securityHeaders(), 'content-length': '0', connection: 'close' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    socket.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
  }
  socket.destroy(error);
}
