import type { ScoutedCase } from './migration-case.ts';

/** A strike that somebody could notice: no function of our own, no look at rows. */
const STRIKE = String.raw`/(?!\d\d-(function|probe)-)[^/]+/`;

/** Where a run stands when something can go wrong in a way of its own, in the order of a run. */
const KEY_PLACES: readonly RegExp[] = [
  /^-\/-\/after\/runner-lock#1$/,
  new RegExp(`${STRIKE}before/strike#1$`),
  new RegExp(`${STRIKE}strike:before-commit#1$`),
  new RegExp(`${STRIKE}after/strike#1$`),
  /\/before\/build-index#1$/,
  /\/after\/build-index#1$/,
  /\/after\/copy-batch#1$/,
  /-swap-[^/]+\/strike:before-commit#1$/,
  /\/before\/finish-migration#1$/,
];

/** The places of a case that matter most: one of each kind that it passes. */
export function keyPlaces(scouted: ScoutedCase): readonly string[] {
  return KEY_PLACES.flatMap((pattern) => scouted.places.find((place) => pattern.test(place)) ?? []);
}

/** The one place that tells most about a case: the middle of its main work. */
export function mainPlace(scouted: ScoutedCase): string {
  const kinds = [/\/after\/copy-batch#1$/, /\/before\/build-index#1$/, /\/before\/strike#1$/];
  for (const kind of kinds) {
    const place = scouted.places.find((name) => kind.test(name));
    if (place !== undefined) return place;
  }
  return '-/-/after/plans#1';
}

/** The cases of these names, in their order. */
export function casesNamed(cases: readonly ScoutedCase[], ...names: readonly string[]): readonly ScoutedCase[] {
  return cases.filter(({ migrationCase }) => names.includes(migrationCase.name));
}
