// `npm run docs`: writes the documents that are made from the source; `--check` only says whether they are up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root, setUp } from './set-up.js';

setUp();
const { SETTINGS } = await import('../dist/config/settings.js');
const { ALERT_RULES, CHECK_FAILED } = await import('../dist/alerts/rules.js');
const { ERROR_CATALOGUE } = await import('../dist/domain/errors.js');

const CLASSES = {
  usage: 'The command or the configuration asks for something that cannot be. Exit code 2; never retried.',
  content: 'The data do not allow it. Tried again when the source has a new version, or when a person retries it.',
  environment:
    'Something around Contrail must be put right. Scans try again after 15 minutes, then ever later, up to 6 hours.',
  transient: 'It may go away by itself. Retried with a growing, jittered delay until the attempts are used up.',
  throttled: 'A service asks for patience. The whole queue rests for a while; no attempt is charged.',
};

const documents = {
  'docs/configuration.md': await format(configuration(), { parser: 'markdown' }),
  'docs/alerts.md': await format(alerts(), { parser: 'markdown' }),
  'docs/errors.md': await format(errors(), { parser: 'markdown' }),
  '.env.example': environmentExample(),
};

const outdated = Object.entries(documents).filter(([path, text]) => {
  const file = join(root, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
if (process.argv.includes('--check')) {
  for (const [path] of outdated) process.stderr.write(`${path} is not what the source says. Run: npm run docs\n`);
  process.exitCode = outdated.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of outdated) writeFileSync(join(root, path), text);
  process.stderr.write(outdated.length === 0 ? 'All documents are up to date.\n' : '');
  for (const [path] of outdated) process.stderr.write(`wrote ${path}\n`);
}

function configuration() {
  const rows = Object.values(SETTINGS).map((setting) => {
    const fallback = setting.default === undefined ? '–' : `\`${setting.default}\``;
    return `| \`${setting.variable}\` | ${cell(setting.text)} | ${fallback} | \`${setting.example}\` |`;
  });
  return `# Configuration

<!-- Made from src/config/settings.ts by \`npm run docs\`. -->

Everything is set by environment variables. A file \`.env\` in the working folder is read first; exported variables win.
A name that begins with \`CONTRAIL_\` and is not in this list is an error, so typos are always reported; all problems are
reported together.

User, password and query of an address are only sent to the server it names. They are never printed, logged or stored, and
neither are the addresses and the key of notification targets.

| variable | meaning | default | example |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function errors() {
  const sections = Object.entries(CLASSES).map(([name, text]) => {
    const rows = Object.entries(ERROR_CATALOGUE)
      .filter(([, error]) => error.class === name)
      .map(([code, error]) => `| \`${code}\` | ${cell(error.text)} | ${cell(error.remedy)} |`);
    return `## ${name}\n\n${text}\n\n| code | meaning | what to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Errors

<!-- Made from src/domain/errors.ts by \`npm run docs\`. -->

Every failure has a code and a class. The class decides what the queue does about it; the code and a sentence are shown
on the board, in \`contrail status\`, on stderr, and in \`monitoring.logs\`. The sentence names what failed, where, and
what to do; this page says it for each code in general.

${sections.join('\n')}`;
}

function alerts() {
  const rows = [...ALERT_RULES, CHECK_FAILED].map((rule) => {
    const limit =
      rule.criticalThreshold === undefined ? rule.threshold : `${rule.threshold} / ${rule.criticalThreshold}`;
    const cells = [
      rule.id,
      rule.title,
      rule.severity,
      cell(rule.formula),
      limit,
      cell(rule.thresholdSource),
      rule.notify,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Alerts

<!-- Made from src/alerts/rules*.ts by \`npm run docs\`. -->

\`contrail run check-alerts\`, and the scheduler every few minutes, evaluate these rules. What opens, closes or is silenced is
kept in \`monitoring.alerts_v1\`: one row for each change, at most one open alert for a rule and subject. A rule that cannot
be evaluated silences no other, and is an alert of its own (X1).

- Thresholds: \`CONTRAIL_ALERTS_LIMITS=M3=500,C1=0.5/2\`; behind the slash the one above which the alert is critical.
- Silence: \`CONTRAIL_ALERTS_SILENCE=E4,my-experiment,M1:other-experiment\`, by rule, by subject, or both.
- Messages: \`CONTRAIL_NOTIFY_WEBHOOK\` (JSON, signed with \`CONTRAIL_NOTIFY_WEBHOOK_SECRET\`) and \`CONTRAIL_NOTIFY_SLACK\`. All
  that opened and closed in one check is one message to each target; a target that does not take it is told at the next check.

When a message is sent: \`opening\`: each time the alert opens and closes; \`once\`: once for a subject, ever; \`change\`: also
when what is found changes; \`never\`: it is only shown.

| rule | alert | severity | fires when | threshold / critical | source of the default | message |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function environmentExample() {
  const entries = Object.values(SETTINGS).map((setting) => {
    const value = setting.default ?? setting.example;
    return `# ${setting.text}\n# ${setting.variable}=${value}\n`;
  });
  return `# Settings of Contrail, each with its default or, where there is none, an example.\n# Made from src/config/settings.ts by \`npm run docs\`.\n\n${entries.join('\n')}`;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
