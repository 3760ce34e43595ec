/** Numbers of today, beside what they usually are. */
import { formatAge, formatDay } from '../../../domain/age-text.ts';
import { parseDate, MICROS_PER_MS } from '../../../domain/utc-time.ts';
import { valueOf } from '../../part.ts';
import { countElement, countText, usdText } from '../../text/numbers.ts';
import { timeElement } from '../../text/times.ts';
import { html, link, type SafeHtml, type Value } from '../../views/html.ts';
import { waitingJobs } from './queue-depth.ts';
import type { HasPage } from './health-links.ts';
import type { HealthSnapshot } from './health-source.ts';
import type { UsualRange } from './usual.ts';

interface Tile {
  readonly name: Value;
  readonly value: Value;
  readonly note?: Value;
}

/** Tiles whose source did not answer are absent. */
export function tilesView(snapshot: HealthSnapshot, hasPage: HasPage): SafeHtml {
  const tiles = [
    publishedTile(snapshot),
    waitingTile(snapshot),
    costTile(snapshot, hasPage),
    alertsTile(snapshot, hasPage),
  ];
  return html`<dl class="tiles">
    ${tiles.map((tile) =>
      tile === undefined
        ? undefined
        : html`<div>
            <dt>${tile.name}</dt>
            <dd>${tile.value} ${tile.note === undefined ? undefined : html`<small>${tile.note}</small>`}</dd>
          </div>`,
    )}
  </dl>`;
}

function publishedTile({ records, now }: HealthSnapshot): Tile | undefined {
  if (records.kind === 'unread') return undefined;
  const { publishedToday, usuallyPublished } = records.value;
  const usually = rangeText(usuallyPublished, (count) => countText(Math.round(count)));
  const asOf = html`as of ${timeElement(records.at, { now })}`;
  return {
    name: 'Published today',
    value: countElement(publishedToday),
    note: usually === undefined ? asOf : html`usually ${usually} a day; ${asOf}`,
  };
}

function waitingTile({ queues }: HealthSnapshot): Tile | undefined {
  if (queues.kind === 'unread') return undefined;
  const waiting = queues.value.reduce((sum, look) => sum + waitingJobs(look), 0);
  const oldest = Math.max(0, ...queues.value.map(({ oldestMs }) => oldestMs));
  const running = queues.value.reduce((sum, { jobs }) => sum + jobs.active, 0);
  const age = waiting === 0 ? '' : `, the oldest for ${formatAge(oldest)}`;
  return { name: 'Jobs waiting', value: countElement(waiting), note: html`${countText(running)} running${age}` };
}

function costTile({ records }: HealthSnapshot, hasPage: HasPage): Tile | undefined {
  const cost = valueOf(records)?.cost;
  if (cost === undefined) return undefined;
  const usually = rangeText(cost.usually, usdText);
  const day = formatDay((parseDate(cost.day) ?? 0) / MICROS_PER_MS);
  return {
    name: hasPage('/cost') ? link('/cost', `Cost of ${day}`) : `Cost of ${day}`,
    value: usdText(cost.usd),
    note: usually === undefined ? 'queries of the analysis and of Contrail' : `usually ${usually} a day`,
  };
}

function alertsTile({ alerts, now }: HealthSnapshot, hasPage: HasPage): Tile | undefined {
  const counts = valueOf(alerts);
  if (counts === undefined) return undefined;
  const { open, critical, silenced, noData, checkedAt } = counts;
  const parts = [
    ...(critical > 0 ? [`${countText(critical)} critical`] : []),
    ...(silenced > 0 ? [`${countText(silenced)} silenced`] : []),
    ...(noData > 0 ? [`${countText(noData)} without data`] : []),
  ];
  const more = parts.length === 0 ? '' : `${parts.join(', ')}; `;
  return {
    name: hasPage('/alerts') ? link('/alerts', 'Open alerts') : 'Open alerts',
    value: countElement(open),
    note: html`${more}checked ${timeElement(checkedAt, { now })}`,
  };
}

/** `170–210`, or one number where both ends read the same. */
function rangeText(range: UsualRange | undefined, text: (value: number) => string): string | undefined {
  if (range === undefined) return undefined;
  const [low, high] = [text(range.low), text(range.high)];
  return low === high ? low : `${low}–${high}`;
}
