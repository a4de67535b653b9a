const SMALLEST_YEAR = -292_275_054n;
const LARGEST_YEAR = 292_278_993n;
const LARGEST_EPOCH = 9_223_372_036_854_775_807n;

/** Longer ones are out of every range, and expensive to read. */
const MAX_DIGITS = 20;

const DAY = /^(-?\d+)(?:-(\d+))?(?:-(\d+))?$/;
const TIME = /^(?:(\d+)(?::(\d+)(?::(\d+)(?:\.(\d+))?(?:z|[+-](\d\d)(?::?(\d\d))?)?)?)?)?$/;

/**
 * Whether IAM stores a document with this value of a date operator. It takes more than is a date: years as wide as
 * Java's, parts left out, a bare `T`.
 * @see test/fixtures/aws/policy-validation.json, the cases with DateLessThanEquals
 */
export function isStoredDate(text: string): boolean {
  const lower = text.toLowerCase();
  if (/^\d+$/.test(lower)) return isWithin(lower, 0n, LARGEST_EPOCH);
  const [day = "", time = "", ...more] = lower.split("t");
  return more.length === 0 && isDay(day) && isTime(time);
}

function isDay(text: string): boolean {
  const [matched, year, month, day] = DAY.exec(text) ?? [];
  if (matched === undefined) return false;
  return isWithin(year, SMALLEST_YEAR, LARGEST_YEAR) && isWithin(month, 1n, 12n) && isWithin(day, 1n, 31n);
}

function isTime(text: string): boolean {
  const [matched, hour, minute, second, fraction, zoneHour, zoneMinute] = TIME.exec(text) ?? [];
  if (matched === undefined) return false;
  const clock = isWithin(hour, 0n, 23n) && isWithin(minute, 0n, 59n) && isWithin(second, 0n, 59n);
  return (
    clock &&
    isWithin(fraction, 0n, 999_999_999n) &&
    isWithin(zoneHour, 0n, 23n) &&
    isWithin(zoneMinute, 0n, 59n)
  );
}

/** A missing part is no fault. */
function isWithin(digits: string | undefined, least: bigint, most: bigint): boolean {
  if (digits === undefined) return true;
  if (digits.length > MAX_DIGITS) return false;
  const value = BigInt(digits);
  return value >= least && value <= most;
}
