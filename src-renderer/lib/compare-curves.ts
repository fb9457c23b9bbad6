import type { GridSeries } from '#contract/routes/compare.ts';
import type { AxisPart } from './axis-part.ts';
import { bandOf, memberBand, type Band, type BandKind } from './compare-bands.ts';
import type { GroupLook, ShownGroup } from './compare-groups.ts';
import { smooth } from './smoothing.ts';

export interface NamedBand {
  readonly name: string;
  readonly look: GroupLook;
  readonly band: Band;
  /** False for one seed of a group: drawn thinner. */
  readonly isGroup: boolean;
}

/** Averages the middle and both ends alike, so that the band stays around its curve. */
function smoothBand(band: Band, weight: number): Band {
  if (weight === 0) return band;
  const { centres, lows, highs } = band;
  return {
    ...band,
    centres: smooth(centres, weight),
    lows: smooth(lows, weight),
    highs: smooth(highs, weight),
  };
}

/** Of every group its band, or of every seed its curve; groups without points have none. */
export function namedBands(
  groups: readonly ShownGroup[],
  series: readonly GridSeries[],
  { band: kind, smoothing }: { readonly band: BandKind; readonly smoothing: number },
): NamedBand[] {
  const byRun = new Map(series.map((each) => [each.run, each]));
  return groups.flatMap((group): NamedBand[] => {
    const { name, look } = group;
    const own = group.rows.flatMap((row) => {
      const found = byRun.get(row.id);
      return found === undefined || found.total === 0 ? [] : [{ row, found }];
    });
    if (own.length === 0) return [];
    if (kind === 'members') {
      return own.map(({ row, found }) => ({
        name: `${name}, seed ${row.spec.seed}`,
        look,
        band: smoothBand(memberBand(found), smoothing),
        isGroup: false,
      }));
    }
    const strata = own.map(({ row }) => row.spec.datasetChecksum);
    const band = bandOf(
      own.map(({ found }) => found),
      kind,
      strata,
    );
    return [{ name, look, band: smoothBand(band, smoothing), isGroup: true }];
  });
}

/** Where the series begin and end; a logarithmic axis begins at their first place above zero. */
export function extentOf(series: readonly GridSeries[], isLog: boolean): AxisPart | null {
  const present = series.filter(({ total }) => total > 0);
  if (present.length === 0) return null;
  const places = present.flatMap((each) => Array.from(each.places));
  const positive = places.filter((place) => place > 0);
  const from = isLog ? least(positive) : least(present.map(({ first }) => first));
  const to = Math.max(...present.map(({ last }) => last));
  return from < to ? { from, to } : null;
}

const least = (values: readonly number[]): number =>
  values.reduce((low, value) => Math.min(low, value), Infinity);
