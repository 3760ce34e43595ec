// `node tools/deploy/check.js`: checks deploy/ with the programs that will read it: Helm, the schemas of Kubernetes, and the
// parsers of Prometheus. Needs Go and Python 3; builds and installs what is missing into this folder.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS } from '../../dist/ports/metrics.js';
import { PrometheusMetrics } from '../../dist/adapters/prometheus/metrics.js';
import { buildGoPrograms } from '../go-programs.js';

const KUBERNETES_VERSIONS = ['1.27', '1.33', '1.37'];
const VALIDATOR = 'kubernetes-validate==1.37.0';
/** Kinds whose schemas come with an operator instead of Kubernetes. */
const CUSTOM_KINDS = ['ScaledObject', 'PodMonitor'];

const folder = dirname(fileURLToPath(import.meta.url));
const deploy = join(folder, '..', '..', 'deploy');
const chart = join(deploy, 'helm', 'contrail');
const programs = buildGoPrograms(folder, {
  programs: { helm: 'helm.sh/helm/v3/cmd/helm', 'prometheus-check': './prometheus-check' },
  sources: ['prometheus-check/main.go'],
  purpose: 'Helm and the check of Prometheus files',
});
const validator = installValidator();

const scalers = new Set();
for (const values of readdirSync(join(chart, 'ci')).sort()) checkChart(join(chart, 'ci', values), values);
refusesWhatIsMissing();
const known = await metricNames();
checkNames(
  'prometheus/alerts.yaml',
  run(programs['prometheus-check'], ['rules', join(deploy, 'prometheus', 'alerts.yaml')]),
);
checkNames(
  'grafana/contrail.json',
  run(programs['prometheus-check'], ['expressions'], JSON.stringify(dashboardExpressions())),
);
checkNames('helm/contrail (KEDA)', run(programs['prometheus-check'], ['expressions'], JSON.stringify([...scalers])));
process.stdout.write('deploy/ is fine.\n');

/** The chart with some values: Helm's own rules, then each object against the schemas of Kubernetes. */
function checkChart(path, name) {
  run(programs.helm, ['lint', '--strict', '--quiet', chart, '--values', path]);
  for (const version of KUBERNETES_VERSIONS) {
    const options = ['--namespace', 'contrail', '--values', path, '--kube-version', `${version}.0`];
    const objects = run(programs.helm, ['template', 'contrail', chart, ...options]);
    const found = spawnSync(validator, ['--strict', '-k', version, '-'], { input: objects, encoding: 'utf8' });
    for (const [, selector = ''] of objects.matchAll(/valueLocation: '(.*)'/g)) scalers.add(selector);
    const lines = `${found.stdout}${found.stderr}`.split('\n').filter((line) => /\S/.test(line));
    const problems = lines.filter(
      (line) => !line.startsWith('INFO') && !CUSTOM_KINDS.some((kind) => line.includes(`kind ${kind} `)),
    );
    if (problems.length > 0) fail(`${name} with Kubernetes ${version}:\n${problems.join('\n')}`);
    const passed = lines.filter((line) => line.startsWith('INFO')).length;
    process.stdout.write(`${name}: ${passed} objects fit Kubernetes ${version}\n`);
  }
}

/** Values that are missing or wrong are named before anything reaches a cluster. */
function refusesWhatIsMissing() {
  const given = ['--values', join(chart, 'ci', 'least.yaml'), '--kube-version', '1.33.0'];
  for (const [setting, names] of [
    ['settings.CONTRAIL_BUCKET=', 'CONTRAIL_BUCKET'],
    ['settings.CONTRAIL_REDIS=redis://:password@host', 'CONTRAIL_REDIS'],
    ['worker.drainSecond=5', 'drainSecond'],
    ['worker.queues={statistic}', 'queues'],
    ['web.service.enabled=true', 'web.sidecars'],
  ]) {
    const { status, stderr } = spawnSync(programs.helm, ['template', 'x', chart, ...given, '--set', setting], {
      encoding: 'utf8',
    });
    if (status === 0 || !stderr.includes(names)) fail(`Helm accepts ${setting}, or does not name ${names}: ${stderr}`);
  }
}

/** Those of a process, as Prometheus reads them from its text, and the series of histograms. */
async function metricNames() {
  const metrics = new PrometheusMetrics({ measuresProcess: true });
  const read = run(programs['prometheus-check'], ['text'], await metrics.text()).split('\n');
  const histograms = Object.entries(METRICS).filter(([, { kind }]) => kind === 'histogram');
  return new Set([
    ...read,
    ...Object.keys(METRICS),
    ...histograms.flatMap(([name]) => ['bucket', 'count', 'sum'].map((series) => `${name}_${series}`)),
  ]);
}

function checkNames(file, output) {
  const names = output.split('\n').filter(Boolean);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) fail(`deploy/${file} reads metrics that no process has: ${unknown.join(', ')}.`);
  process.stdout.write(`${file}: ${names.length} metrics, all known\n`);
}

function dashboardExpressions() {
  const { panels } = JSON.parse(readFileSync(join(deploy, 'grafana', 'contrail.json'), 'utf8'));
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  // What Grafana puts in.
  return expressions.map((text) => text.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*'));
}

function installValidator() {
  const environment = join(folder, 'venv');
  const program = join(environment, 'bin', 'kubernetes-validate');
  if (existsSync(program)) return program;
  rmSync(environment, { recursive: true, force: true });
  process.stderr.write('Installing kubernetes-validate …\n');
  run('python3', ['-m', 'venv', environment]);
  run(join(environment, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', VALIDATOR]);
  return program;
}

function run(program, arguments_, input = '') {
  const { status, stdout, stderr, error } = spawnSync(program, arguments_, { input, encoding: 'utf8' });
  if (status !== 0) fail(`${program} ${arguments_.join(' ')}:\n${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
