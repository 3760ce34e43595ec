/** The process that answers one question: `run.js` starts it, so that no question finds the memory of another. */
import { type BenchRequest, judge, type Question } from './bench-result.ts';

/** What `run.js` sends. */
interface Order extends BenchRequest {
  readonly question: string;
}

async function answer({ question, ...request }: Order): Promise<void> {
  const { data, run } = (await import(`./${question}/run.js`)) as Question;
  const results = await run(request);
  process.send?.({ data, results: results.map(judge) });
  process.disconnect();
}

process.once('message', (order: Order) => {
  answer(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());
