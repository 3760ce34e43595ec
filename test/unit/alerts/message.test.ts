import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildAlertMessage } from '../../../src/alerts/message.ts';
import { signatureHeaders, slackBody, webhookBody } from '../../../src/adapters/webhook/message-formats.ts';
import type { Notification } from '../../../src/alerts/notification.ts';
import type { AlertRow } from '../../../src/alerts/row.ts';
import { ALERT_RULES } from '../../../src/alerts/rules.ts';
import { NOW } from '../../support/alert-world.ts';

const PAGES = 'https://contrail.example.org/';

describe('buildAlertMessage', () => {
  it('tells one alert with its sentence, its numbers, whose rule it is, and where to look', () => {
    const message = buildAlertMessage([notification('M1', 'my-slug')]);

    expect(message).toMatchObject({
      title: '1 alert opened',
      count: 1,
      lines: [
        {
          severity: 'critical',
          text: 'M1 unenrollment spike (console): Something is wrong with my-slug. 2 > 1',
          link: '/experiments/my-slug',
        },
      ],
    });
  });

  it('makes one message of a storm, with one line for each rule', () => {
    const storm = Array.from({ length: 500 }, (_, index) => notification(index % 2 === 0 ? 'F1' : 'F2', `x${index}`));

    const message = buildAlertMessage(storm);

    expect(message.title).toBe('500 alerts opened');
    expect(message.lines.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^250 × F1 export failed for good \(contrail\): x\d+, x\d+, x\d+ and 247 more$/),
      expect.stringMatching(/^250 × F2 /),
    ]);
    expect(message.alerts).toHaveLength(100);
  });

  it('puts what has opened before what is over, and the worst first', () => {
    const notifications = [
      notification('M1', 'over', { event: 'resolved' }),
      notification('M5', 'mild', { severity: 'info' }),
      notification('M1', 'bad'),
    ];

    const message = buildAlertMessage(notifications);

    expect(message.title).toBe('2 alerts opened, 1 resolved');
    expect(message.lines.map(({ event, severity }) => [event, severity])).toEqual([
      ['opened', 'critical'],
      ['opened', 'info'],
      ['resolved', 'critical'],
    ]);
    expect(message.lines.at(-1)).toMatchObject({ text: 'Resolved: M1 unenrollment spike (console): over' });
  });
});

describe('webhookBody', () => {
  it('holds the alerts one by one, and says how many it leaves out', () => {
    const storm = Array.from({ length: 101 }, (_, index) => notification('F1', `x${index}`));

    const body = JSON.parse(webhookBody(buildAlertMessage(storm), { sentAt: NOW, pages: PAGES })) as Record<
      string,
      unknown
    >;

    expect(body).toMatchObject({ version: 1, sent_at: '2026-01-15T12:00:00Z', count: 101, omitted: 1 });
    expect(body['alerts']).toHaveLength(100);
    expect((body['alerts'] as unknown[])[0]).toMatchObject({
      rule: 'F1',
      event: 'opened',
      product: 'contrail',
      formula: '2 > 1',
      url: 'https://contrail.example.org/experiments/x0',
    });
  });

  it('has no links where nobody has configured the address of the pages', () => {
    const body = webhookBody(buildAlertMessage([notification('F1', 'x')]), { sentAt: NOW, pages: undefined });

    expect(JSON.parse(body)).toMatchObject({ alerts: [{ url: null }] });
  });
});

describe('signatureHeaders', () => {
  it('can be checked by a receiver with the same secret', () => {
    const headers = signatureHeaders('{"a":1}', 'secret', NOW + 999);

    const expected = createHmac('sha256', 'secret').update('1768478400.{"a":1}').digest('hex');
    expect(headers).toEqual({ 'contrail-timestamp': '1768478400', 'contrail-signature': `sha256=${expected}` });
  });

  it('differs with the body, the secret and the second', () => {
    const signatures = [
      signatureHeaders('a', 's', NOW),
      signatureHeaders('b', 's', NOW),
      signatureHeaders('a', 't', NOW),
      signatureHeaders('a', 's', NOW + 1000),
    ].map((headers) => headers['contrail-signature']);

    expect(new Set(signatures).size).toBe(4);
  });
});

describe('slackBody', () => {
  it('escapes what Slack would read as markup', () => {
    const body = slackBody(buildAlertMessage([notification('M1', '<!channel> & <http://x|y>')]), PAGES);

    expect(body).toContain('&lt;!channel&gt; &amp; &lt;http://x|y&gt;');
    expect(body).not.toContain('<!channel>');
  });

  it('stays below the limits of Slack in a storm of long texts', () => {
    const rules = ALERT_RULES.map((rule) => notification(rule.id, 'x', { summary: 'long '.repeat(1000) }));

    const { blocks } = JSON.parse(slackBody(buildAlertMessage(rules), PAGES)) as {
      blocks: { text: { text: string } }[];
    };

    expect(blocks).toHaveLength(2);
    expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
    expect(blocks[1]?.text.text.length).toBeLessThanOrEqual(3000);
    expect(blocks[1]?.text.text).toMatch(/… and \d+ more rules$/);
  });

  it('links to the page of the alert', () => {
    const body = slackBody(buildAlertMessage([notification('M1', 'my-slug')]), PAGES);

    expect(body).toContain('<https://contrail.example.org/experiments/my-slug|open>');
  });

  it('has no link where nobody has configured the address of the pages', () => {
    const body = slackBody(buildAlertMessage([notification('M1', 'my-slug')]), undefined);

    expect(body).not.toContain('|open>');
  });
});

function notification(
  id: string,
  subject: string,
  parts: Partial<AlertRow & Pick<Notification, 'event'>> = {},
): Notification {
  const rule = ALERT_RULES.find((known) => known.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  const { event = 'opened', ...columns } = parts;
  const row: AlertRow = {
    changed_at: '2026-01-15T12:00:00Z',
    alert_id: `${id}.${subject}`,
    rule: id,
    severity: rule.severity,
    subject,
    state: event === 'opened' ? 'open' : 'resolved',
    opened_at: '2026-01-15T12:00:00Z',
    last_seen_at: null,
    resolved_at: null,
    value: 2,
    threshold: 1,
    formula: '2 > 1',
    summary: `Something is wrong with ${subject}.`,
    link: `/experiments/${encodeURIComponent(subject)}`,
    silenced_until: null,
    silence_reason: null,
    actor: null,
    notified: [],
    wake_above: null,
    ...columns,
  };
  return { target: 'slack', event, key: '', row, rule };
}
