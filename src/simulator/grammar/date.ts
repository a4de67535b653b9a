const SMALLEST_YEAR = -292_275_054;
const LARGEST_YEAR = 292_278_993;
const LARGEST_EPOCH = 9_223_372_036_854_775_807n;

const DATE = /^(-?\d+)(?:-(\d+))?(?:-(\d+))?$/;
const TIME = /^(\d+)?(?::(\d+))?(?::(\d+)(?:\.(\d+))?(z|\+\d\d(?::\d\d)?)?)?$/;
const OFFSET = /^\+(\d\d)(?::(\d\d))?$/;

/**
 * Whether IAM accepts a value of a date operator: seconds since 1970 that fit in 64 bits, or a lenient form of ISO 8601
 * (years that fit in a Java long of milliseconds; parts may be missing).
 */
export function isDate(value: string): boolean {
  const text = value.toLowerCase();
  if (!text.includes("t") && !text.includes("-")) return isEpoch(text);
  const [date = "", ...rest] = text.split("t");
  return rest.length <= 1 && isCalendarDate(date) && isTime(rest[0] ?? "");
}

function isEpoch(text: string): boolean {
  return /^\d+$/.test(text) && BigInt(text) <= LARGEST_EPOCH;
}

function isCalendarDate(text: string): boolean {
  const found = DATE.exec(text);
  if (found === null) return false;
  const [, year, month, day] = found;
  return isWithin(year, SMALLEST_YEAR, LARGEST_YEAR) && isWithin(month, 1, 12) && isWithin(day, 1, 31);
}

function isTime(text: string): boolean {
  const found = TIME.exec(text);
  if (found === null) return false;
  const [, hour, minute, second, fraction, zone] = found;
  return (
    isWithin(hour, 0, 23) &&
    isWithin(minute, 0, 59) &&
    isWithin(second, 0, 59) &&
    isWithin(fraction, 0, 999_999_999) &&
    isZone(zone)
  );
}

function isZone(text: string | undefined): boolean {
  const [, hours, minutes] = OFFSET.exec(text ?? "") ?? [];
  return isWithin(hours, 0, 23) && isWithin(minutes, 0, 59);
}

/** A missing part is within every range. */
function isWithin(text: string | undefined, low: number, high: number): boolean {
  return text === undefined || (Number(text) >= low && Number(text) <= high);
}
