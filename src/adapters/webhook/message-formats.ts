/** Bodies of alert messages: signed JSON for any receiver, and the format of Slack's incoming webhooks. */
import { createHmac } from 'node:crypto';
import type { AlertMessage, MessageLine } from '../../alerts/message.ts';
import { timeText } from '../../alerts/row.ts';

/** Slack rejects sections above 3,000 characters and headers above 150. */
const MOST_SECTION = 2_900;
const MOST_HEADER = 150;
const ICONS = { critical: ':red_circle:', warning: ':large_orange_diamond:', info: ':information_source:' };

export interface WebhookFacts {
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** The address of our pages; without it messages have no links. */
  readonly pages: string | undefined;
}

/** The body of a webhook: a versioned JSON object with every alert of the message. */
export function webhookBody(message: AlertMessage, { sentAt, pages }: WebhookFacts): string {
  return JSON.stringify({
    version: 1,
    sent_at: timeText(sentAt),
    title: message.title,
    count: message.count,
    omitted: message.count - message.alerts.length,
    alerts: message.alerts.map(({ link, ...alert }) => ({ ...alert, url: addressOf(link, pages) })),
  });
}

/**
 * Headers that prove that a body is ours and new: the HMAC-SHA256 of `<timestamp>.<body>` in hex. The receiver computes it
 * with the same secret, compares in constant time, and rejects timestamps (seconds since 1970) that are minutes old, so
 * that nobody can replay a message.
 */
export function signatureHeaders(body: string, secret: string, sentAt: number): Record<string, string> {
  const timestamp = String(Math.floor(sentAt / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'contrail-timestamp': timestamp, 'contrail-signature': `sha256=${signature}` };
}

/**
 * The body for a Slack incoming webhook.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackBody(message: AlertMessage, pages: string | undefined): string {
  const title = `Contrail: ${message.title}`;
  return JSON.stringify({
    text: escapeSlack(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title.slice(0, MOST_HEADER), emoji: false } },
      { type: 'section', text: { type: 'mrkdwn', text: slackLines(message.lines, pages) } },
    ],
  });
}

function slackLines(lines: readonly MessageLine[], pages: string | undefined): string {
  const texts: string[] = [];
  let length = 0;
  for (const [index, line] of lines.entries()) {
    const text = slackLine(line, pages);
    length += text.length + 1;
    if (length > MOST_SECTION) return [...texts, `… and ${lines.length - index} more rules`].join('\n');
    texts.push(text);
  }
  return texts.join('\n');
}

function slackLine({ event, severity, text, link }: MessageLine, pages: string | undefined): string {
  const icon = event === 'resolved' ? ':white_check_mark:' : ICONS[severity];
  const cut = text.length > 600 ? `${text.slice(0, 600)}…` : text;
  // `|` and `>` would end the URL early. They are percent-encoded in our paths, but not in a configured host.
  const url = addressOf(link, pages)?.replace(/[|<>]/g, encodeURIComponent);
  return `${icon} *${severity}* ${escapeSlack(cut)}${url === undefined ? '' : ` <${url}|open>`}`;
}

function addressOf(link: string | null, pages: string | undefined): string | null {
  return link === null || pages === undefined ? null : `${pages.replace(/\/$/, '')}${link}`;
}

/** The only characters that Slack reads as markup. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
