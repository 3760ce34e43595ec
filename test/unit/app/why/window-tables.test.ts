import { expect, it } from 'vitest';
import { ownTables } from '../../../../src/app/why/window-tables.ts';

const PREENROLLMENT = 'statistics_x_preenrollment_week_1';
const WEEK = 'statistics_x_week_1';

it.each([
  ['x', ['x'], undefined, [PREENROLLMENT, WEEK]],
  ['x', ['x', 'x-preenrollment'], undefined, [WEEK]],
  ['x-preenrollment', ['x', 'x-preenrollment'], undefined, [PREENROLLMENT]],
  ['x', ['x', 'x-preenrollment'], 'x', [PREENROLLMENT, WEEK]],
  ['x', ['x'], 'x-preenrollment', [WEEK]],
])('%s, among %j, has the tables that its name or the description %s gives it', (slug, slugs, description, tables) => {
  const listing = [
    { name: PREENROLLMENT, kind: 'table' as const, ...(description !== undefined && { description }) },
    { name: WEEK, kind: 'table' as const },
  ];

  expect(ownTables(slug, listing, slugs)).toEqual(tables);
});
