// `npm run docs`: writes the documents that are generated from the source; `--check` only says whether they are up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root, setUp } from './set-up.js';

setUp();
const { SETTINGS } = await import('../dist/config/settings.js');
const { ALERT_RULES, CHECK_FAILED } = await import('../dist/alerts/rules.js');
const { METRICS } = await import('../dist/ports/metrics.js');
const { ERROR_CATALOGUE } = await import('../dist/domain/errors.js');

const CLASSES = {
  usage: 'The command line or the configuration is wrong. Exit code 2; never retried.',
  content: 'The data are wrong. Retried when the source has a new version, or by hand.',
  environment:
    'Something outside Contrail needs fixing. Scans retry after 15 minutes, doubling the delay up to 6 hours.',
  transient: 'It may go away by itself. Retried with a growing, jittered delay until the attempts are used up.',
  throttled: 'A service refuses requests because there are too many. The whole queue rests; this uses up no retry.',
};

const documents = {
  'docs/configuration.md': await format(configuration(), { parser: 'markdown' }),
  'docs/alerts.md': await format(alerts(), { parser: 'markdown' }),
  'docs/metrics.md': await format(metrics(), { parser: 'markdown' }),
  'docs/errors.md': await format(errors(), { parser: 'markdown' }),
  '.env.example': environmentExample(),
};

const outdated = Object.entries(documents).filter(([path, text]) => {
  const file = join(root, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
if (process.argv.includes('--check')) {
  for (const [path] of outdated) process.stderr.write(`${path} is out of date. Run: npm run docs\n`);
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

The user, password and query of a URL are sent only to its server, and are never printed, logged or stored. The same goes
for the addresses and the key of notification targets.

| variable | meaning | default | example |
| --- | --- | --- | --- |
${rows.join('\n')}

## Proxy

\`HTTPS_PROXY\` names the proxy for all encrypted requests: \`http://proxy.example.org:3128\`, perhaps with user and password.
\`NO_PROXY\` lists what is reached without it: \`example.org\` (with all below it), \`host:port\`, \`*\`; plain http never goes
through it. Large tables are read over gRPC, whose library knows the lower-case names only, so set \`https_proxy\` and
\`no_proxy\` as well.
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

Every failure has a code and a class. The class decides whether the queue retries. The board, \`contrail status\`, stderr and
\`monitoring.logs\` show the code and a sentence that names what failed, where, and what to do.

${sections.join('\n')}`;
}

function metrics() {
  const rows = Object.entries(METRICS).map(
    ([name, { kind, text, labels }]) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ') || '–'} | ${cell(text)} |`,
  );
  return `# Metrics

<!-- Made from src/ports/metrics.ts by \`npm run docs\`. -->

\`contrail web\` serves \`/metrics\` in the text format of Prometheus. \`contrail worker\` and \`contrail schedule\` (and
\`web\`, for probes that must not reach its pages) serve it with \`--metrics-port\` or \`CONTRAIL_METRICS_PORT\`, together with:

- \`/healthz\`: \`ok\` while the process lives.
- \`/readyz\`: \`ready\`, or 503 and \`unready\`: Redis is away, full, a replica or may evict jobs; nobody takes the jobs of a
  queue for a minute although some are ready; the last attempts failed for want of a permission, a bucket or disk space, or
  because a service did not answer several times; a job or scan has run for a quarter of an hour and no other job has ended well; a
  scan failed; the clock is five minutes off that of Redis; the process is stopping. Requests from the same machine get a sentence each, with the remedy, and the log has it.

A look at the queues is kept for five seconds and costs one Redis command a queue and two more, however many processes scrape
and probe; nothing asks the warehouse. All processes see the same queues: use \`max by (queue)\`, not \`sum\`, for
\`contrail_queue_…\`, and \`sum\` for counters, which each process has for itself. While Redis is away there are no numbers of
queues, rather than old ones.

The port listens on 127.0.0.1 unless \`CONTRAIL_METRICS_HOST\` says otherwise. It needs no password: it serves numbers, names
of queues and codes of errors, never a slug or an address.

| metric | kind | labels | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

Besides these there are those of Node: \`nodejs_eventloop_lag_…\`, \`nodejs_gc_…\`, \`nodejs_heap_…\`, \`process_…\`.

## Traces

With \`CONTRAIL_TRACES=true\` queues and workers make OpenTelemetry spans. Each attempt at a job is a trace of its own, linked to
the span that enqueued the job, so a backfill is not one trace of thousands of spans. Contrail brings no SDK and no exporter;
start it with yours, for example

\`\`\`sh
npm install --no-save @opentelemetry/auto-instrumentations-node
OTEL_SERVICE_NAME=contrail-worker OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 CONTRAIL_TRACES=true \\
  NODE_OPTIONS='--import @opentelemetry/auto-instrumentations-node/register' npx contrail worker
\`\`\`

Without an SDK the spans go nowhere. Where traces are off, nothing of OpenTelemetry's queue instrumentation is loaded.
`;
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

\`contrail run check-alerts\` and the scheduler (every few minutes) evaluate these rules. \`monitoring.alerts_v1\` has a row for
each alert that opens, closes or is silenced; a rule has at most one open alert per subject. A rule that cannot be evaluated
does not stop the others, and opens an alert of its own (X1).

- Thresholds: \`CONTRAIL_ALERTS_LIMITS=M3=500,C1=0.5/2\`; the number after the slash makes the alert critical.
- Silence: \`CONTRAIL_ALERTS_SILENCE=E4,my-experiment,M1:other-experiment\`, by rule, by subject, or both.
- Messages: \`CONTRAIL_NOTIFY_WEBHOOK\` (JSON, signed with \`CONTRAIL_NOTIFY_WEBHOOK_SECRET\`) and \`CONTRAIL_NOTIFY_SLACK\`. Each
  check sends at most one message to each target, with all alerts that opened or closed. If that fails, the next check sends it.

When a message is sent: \`opening\`: each time the alert opens or closes; \`once\`: only the first time for a subject; \`change\`:
also when the findings change; \`never\`: no message, only shown.

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
  return `# Settings of Contrail, each with its default, or an example if there is no default.\n# Made from src/config/settings.ts by \`npm run docs\`.\n\n${entries.join('\n')}`;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
