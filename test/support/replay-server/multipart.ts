/** Bodies of type multipart/related, as uploads of load jobs have them. */

/** The contents of the parts, without their headers. */
export function partsOf(contentType: string, body: Buffer): Buffer[] {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = `--${quoted ?? bare ?? ''}`;
  const parts: Buffer[] = [];
  for (let at = body.indexOf(boundary); at >= 0;) {
    const start = at + boundary.length;
    const next = body.indexOf(boundary, start);
    if (next < 0) break;
    parts.push(contentOf(body.subarray(start, next)));
    at = next;
  }
  return parts;
}

/** What stands behind the first empty line, but for the line break before the next boundary. */
function contentOf(part: Buffer): Buffer {
  const lineBreak = part.includes('\r\n\r\n') ? '\r\n' : '\n';
  const start = part.indexOf(lineBreak + lineBreak) + 2 * lineBreak.length;
  const end = part.subarray(-lineBreak.length).toString() === lineBreak ? part.length - lineBreak.length : part.length;
  return part.subarray(start, end);
}
