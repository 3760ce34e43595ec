import type { Command } from 'commander';
import { PRODUCTS } from '../../producer/product-plan.ts';
import { ContrailError } from '../../domain/errors.ts';
import { examples } from '../help.ts';

export function declareBackfill(program: Command): void {
  const backfill = program
    .command('backfill')
    .helpCommand(false)
    .description('enqueue every file that is due: new or changed since it was published')
    .option('--experiment <slug...>', 'only these experiments')
    .option('--period <period...>', 'only statistics, of these analysis periods')
    .option('--app <app...>', 'only experiments of these applications')
    .option('--product <products>', `only these products, separated by commas: ${PRODUCTS.join(', ')}`)
    .option('--force', 'all matching files: current ones, and those whose windows a rerun is rebuilding')
    .option('--dry-run', 'print the plan with its size and price, and enqueue nothing')
    .option('--max-cost <usd>', 'enqueue nothing if the estimated price is above this many US dollars')
    .option('--wait', 'follow the jobs to their end, including those queued before')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'contrail backfill --dry-run',
        'contrail backfill --wait',
        'contrail backfill --force --max-cost 20',
        'contrail backfill --experiment my-experiment --period weekly overall --force',
        'contrail backfill --product metadata,errors',
      ),
    )
    .action(async (options) => (await import('../commands/backfill.ts')).backfill(options));
  declareChange(backfill, 'pause', 'start no more of its jobs; running ones end');
  declareChange(backfill, 'resume', 'go on with a paused backfill');
  declareChange(backfill, 'cancel', 'end its jobs for good, running ones too; published files stay');
}

function declareChange(backfill: Command, change: 'pause' | 'resume' | 'cancel', description: string): void {
  backfill
    .command(change)
    .argument('<id>', 'the id of the backfill, as `contrail backfills` lists it')
    .description(description)
    .option('--json', 'print the backfill as one JSON document')
    .addHelpText('after', examples(`contrail backfill ${change} b3f09a1c2`))
    .action(async (id, options) => {
      refuseOptions(backfill, change);
      await (await import('../commands/change-backfill.ts')).changeBackfill(change, id, options);
    });
}

/** `backfill --dry-run cancel ID` must not cancel anything. */
function refuseOptions(backfill: Command, change: string): void {
  const option = backfill.options.find((candidate) => backfill.getOptionValue(candidate.attributeName()) !== undefined);
  if (option === undefined) return;
  throw new ContrailError('USAGE', `${option.long} does not go with ${change}.`, {
    hint: `Run \`contrail backfill ${change} --help\` for usage.`,
  });
}

export function declareBackfills(program: Command): void {
  program
    .command('backfills')
    .argument('[id]', 'only this one')
    .description('list the backfills of the last 30 days: when, by whom, how far, and what they cost so far')
    .option('--wait', 'follow the backfill of that id to its end')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `
Piped, each line has, separated by tabs: id, time, state, jobs, waiting, running, published, unchanged, failed, cancelled, gone,
USD so far, estimated USD, who, selection.
${examples('contrail backfills', 'contrail backfills b3f09a1c2 --wait', 'contrail backfill pause b3f09a1c2')}`,
    )
    .action(async (id, options) => (await import('../commands/backfills.ts')).backfills(id, options));
}
