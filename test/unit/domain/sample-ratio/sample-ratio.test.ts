import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testSampleRatio } from '../../../../src/domain/sample-ratio/sample-ratio.ts';
import { chiSquareUpperTail } from '../../../../src/domain/sample-ratio/chi-square.ts';
import {
  compatSampleRatioRows,
  type SampleRatioInput,
  type SampleRatioRow,
  sampleRatioRows,
} from '../../../../src/domain/sample-ratio/table.ts';
import { isCloseTo, monitoringFixture } from '../../../support/monitoring-fixture.ts';

interface GoldenInput {
  readonly experiment: string;
  readonly start_date: string | null;
  readonly branches: Record<string, number>;
  readonly enrollments: Record<string, number>;
  readonly unenrollments: Record<string, number>;
  readonly dau: Record<string, number>;
}

const production = monitoringFixture<{ input: GoldenInput[]; rows: SampleRatioRow[] }>('alerts/srm.json');
const corrected = monitoringFixture<{ rows: SampleRatioRow[] }>('alerts/srm_corrected.json');
const inputs = production.input.map(({ start_date: startDate, branches: ratios, ...rest }): SampleRatioInput => ({
  ...rest,
  startDate,
  ratios,
}));

describe('chiSquareUpperTail', () => {
  // From tables that everyone prints, and scipy.stats.chi2.sf for the far tail.
  it.each([
    [0, 1, 1],
    [3.841458820694124, 1, 0.05],
    [10.827566170662733, 1, 0.001],
    [13.815510557964274, 2, 0.001],
    [18.307038053275146, 10, 0.05],
    [124.34211340400407, 100, 0.05],
    [714, 2, Math.exp(-357)],
    [1e6, 2, 0],
    [Infinity, 3, 0],
  ])('of %d with %d degrees of freedom is %d', (chi, df, expected) => {
    const p = chiSquareUpperTail(chi, df);

    expect(Math.abs(p - expected)).toBeLessThanOrEqual(1e-9 * expected);
  });

  it('agrees with the closed form for even degrees of freedom to 1e-9, far into the tail', () => {
    const degrees = fc.integer({ min: 1, max: 20 }).map((half) => half * 2);
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1200, noNaN: true }), degrees, (chi, df) => {
        const expected = evenTail(chi, df);

        expect(Math.abs(chiSquareUpperTail(chi, df) - expected)).toBeLessThanOrEqual(1e-9 * expected);
      }),
    );
  });

  it('agrees with a numeric integral of the density', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 60, noNaN: true }), fc.integer({ min: 1, max: 12 }), (chi, df) => {
        const p = chiSquareUpperTail(chi, df);

        expect(Math.abs(p - integratedTail(chi, df))).toBeLessThanOrEqual(1e-8 * p);
      }),
      { numRuns: 50 },
    );
  });

  it('falls as the value grows, and rises with the degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 500, noNaN: true }), fc.integer({ min: 1, max: 40 }), (chi, df) => {
        const p = chiSquareUpperTail(chi, df);

        // Close to 1 neighbours are told apart only down to the rounding of the last digits.
        expect(chiSquareUpperTail(chi * 1.01, df)).toBeLessThanOrEqual(p * (1 + 1e-12));
        expect(chiSquareUpperTail(chi, df + 1)).toBeGreaterThanOrEqual(p * (1 - 1e-12));
      }),
    );
  });

  it.each([
    [-1, 1],
    [NaN, 1],
    [1, 0],
    [1, 1.5],
  ])('refuses %d with %d degrees of freedom', (chi, df) => {
    expect(() => chiSquareUpperTail(chi, df)).toThrow(RangeError);
  });
});

describe('sampleRatioRows', () => {
  it('gives the corrected golden rows, probabilities to 1e-9 relative', () => {
    const rows = sampleRatioRows(inputs);

    expect(rows).toHaveLength(corrected.rows.length);
    expect(differences(rows, corrected.rows)).toEqual([]);
  });

  it('leaves a branch of ratio 0 out of test and degrees of freedom', () => {
    const [row] = sampleRatioRows([input({ ratios: { a: 1, b: 1, c: 0 }, enrollments: { a: 100, b: 100, c: 50 } })]);

    expect(row?.enrollments_probability).toBe(1);
  });

  it('says nothing where only one branch counts, or nobody is there', () => {
    const rows = sampleRatioRows([
      input({ experiment: 'a', ratios: { a: 1, b: 0 }, enrollments: { a: 5 } }),
      input({ experiment: 'b', ratios: { a: 1, b: 1 }, enrollments: { a: 0, b: 0 } }),
    ]);

    expect(rows.map((row) => row.enrollments_p_value)).toEqual([null, null]);
  });
});

describe('compatSampleRatioRows', () => {
  it('gives the golden rows of production', () => {
    const rows = compatSampleRatioRows(inputs);

    expect(rows).toHaveLength(production.rows.length);
    expect(differences(rows, production.rows)).toEqual([]);
  });

  it('has no row for an experiment beyond the table in all metrics', () => {
    const counts = { a: 1000, b: 2000 };

    const beyond = input({ ratios: { a: 1, b: 1 }, enrollments: counts, unenrollments: counts, dau: counts });

    expect(compatSampleRatioRows([beyond])).toEqual([]);
    expect(sampleRatioRows([beyond])).toHaveLength(1);
  });
});

describe('testSampleRatio', () => {
  it('tells shares and expected shares of each branch', () => {
    const test = testSampleRatio([
      { branch: 'a', actual: 30, ratio: 1 },
      { branch: 'b', actual: 70, ratio: 3 },
    ]);

    expect(test).toMatchObject({
      degreesOfFreedom: 1,
      branches: [
        { branch: 'a', share: 0.3, expectedShare: 0.25 },
        { branch: 'b', share: 0.7, expectedShare: 0.75 },
      ],
    });
    expect(test.chiSquare).toBeCloseTo(25 / 25 + 25 / 75, 12);
  });
});

/** Where the rows are not the golden ones: `s1.dau_p_value`. */
function differences(rows: readonly SampleRatioRow[], golden: readonly SampleRatioRow[]): string[] {
  return rows.flatMap((row, index) => {
    const expected = new Map<string, unknown>(Object.entries(golden[index] ?? {}));
    const wrong = Object.entries(row).filter(([column, value]) => !isSame(value, expected.get(column)));
    return wrong.map(([column]) => `${row.experiment}.${column}`);
  });
}

function isSame(value: unknown, golden: unknown): boolean {
  return typeof value === 'number' && typeof golden === 'number' ? isCloseTo(value, golden) : value === golden;
}

function input(parts: Partial<SampleRatioInput>): SampleRatioInput {
  return {
    experiment: 'x',
    startDate: '2026-01-01',
    ratios: {},
    enrollments: {},
    unenrollments: {},
    dau: {},
    ...parts,
  };
}

/** e^(-x/2) Σ (x/2)^k / k! */
function evenTail(chi: number, df: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < df / 2; k += 1) {
    term *= chi / 2 / k;
    sum += term;
  }
  return Math.exp(-chi / 2) * sum;
}

/** Simpson's rule over the density from `chi` to where it has nothing left to add. */
function integratedTail(chi: number, df: number): number {
  const steps = 40_000;
  const width = 160 / steps;
  const density = (x: number): number =>
    Math.exp((df / 2 - 1) * Math.log(x) - x / 2) / (2 ** (df / 2) * gammaOfHalves(df));
  let sum = density(chi) + density(chi + 160);
  for (let step = 1; step < steps; step += 1) sum += density(chi + step * width) * (step % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}

function gammaOfHalves(n: number): number {
  if (n === 1) return Math.sqrt(Math.PI);
  if (n === 2) return 1;
  return ((n - 2) / 2) * gammaOfHalves(n - 2);
}
