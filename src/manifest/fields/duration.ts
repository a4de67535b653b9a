import { z } from "zod";
import { parseDurationMs, UNIT_MS } from "../../model/values/duration.ts";
import { pushIssue, shown } from "./field.ts";

/** The bounds of a duration, the units that it may have, and a usual value. */
interface DurationSyntax {
  readonly units: string;
  readonly min: string;
  readonly max: string;
  readonly example: string;
}

interface DurationField extends z.ZodString {
  readonly durationSyntax: DurationSyntax;
}

/** `90s`, `15m`, `1h`, `7d` as milliseconds; undefined for anything else. */
export function durationMs(text: string, units: string): number | undefined {
  return units.includes(text.slice(-1)) ? parseDurationMs(text) : undefined;
}

/** A duration between two bounds, in one of the units. */
export function durationText(duration: DurationSyntax): z.ZodString {
  const { units, min, max } = duration;
  const schema = z
    .string()
    .check((context) => {
      const ms = durationMs(context.value, units);
      if (ms !== undefined && isWithin(ms, duration)) return;
      const message = `${shown(context.value)} is not a duration from ${min} to ${max}`;
      pushIssue(context, [], { message, fix: durationHint(context.value, duration) });
    })
    .meta({ pattern: `^\\d+[${units}]$`, description: `a duration from ${min} to ${max}` });
  return Object.assign(schema, { durationSyntax: duration });
}

/** `30m (1m to 72h)`, for a missing duration; null: the field has another type. */
export function durationSketch(
  schema: z.core.$ZodType,
): { readonly example: string; readonly range: string } | null {
  if (!("durationSyntax" in schema)) return null;
  const { example, min, max } = (schema as DurationField).durationSyntax;
  return { example, range: `${min} to ${max}` };
}

function isWithin(ms: number, { min, max }: DurationSyntax): boolean {
  return ms >= boundMs(min) && ms <= boundMs(max);
}

function boundMs(bound: string): number {
  return Number(durationMs(bound, "smhd"));
}

function durationHint(text: string, duration: DurationSyntax): string {
  const { min, max } = duration;
  if (/^\d{1,9}$/.test(text)) return hintForCount(text, duration);
  const ms = meantMs(text);
  if (ms === undefined) return `write ${formOf(duration)}`;
  if (ms > boundMs(max)) return `the longest is ${max}`;
  if (ms < boundMs(min)) return `the shortest is ${min}`;
  return `write ${inUnits(ms, duration) ?? formOf(duration)}`;
}

function formOf({ units, example }: DurationSyntax): string {
  return `a number and one of ${units.split("").join(", ")}, such as ${example}`;
}

/** For a number without its unit, which may be any unit whose duration is within the bounds. */
function hintForCount(count: string, duration: DurationSyntax): string {
  const { units, min, max } = duration;
  const possible = units
    .split("")
    .map((unit) => `${Number(count)}${unit}`)
    .filter((text) => isWithin(Number(durationMs(text, units)), duration));
  const fix = possible.length === 0 ? formOf(duration) : possible.join(" or ");
  return `${count} has no unit: write ${fix}, from ${min} to ${max}`;
}

/** Usual names of units; a week is seven days. */
const UNIT_NAMES: readonly (readonly [RegExp, number])[] = [
  [/^(s|secs?|seconds?)$/, UNIT_MS.s],
  [/^(m|mins?|minutes?)$/, UNIT_MS.m],
  [/^(h|hrs?|hours?)$/, UNIT_MS.h],
  [/^(d|days?)$/, UNIT_MS.d],
  [/^(w|wks?|weeks?)$/, 7 * UNIT_MS.d],
];

/** Of `30min`, `6 hours`, `1.5h` or `1h 30m`; undefined: it is no duration. */
function meantMs(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,3})? ?[a-z]{1,7} ?){1,4}$/i.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+) ?([a-z]+)/gi)].map(([, count, name = ""]) => {
    const unitMs = UNIT_NAMES.find(([names]) => names.test(name.toLowerCase()))?.[1];
    return unitMs === undefined ? undefined : Math.round(Number(count) * unitMs);
  });
  return parts.reduce((sum, part) => (sum === undefined || part === undefined ? undefined : sum + part));
}

/** In the largest of the units that has no fraction. */
function inUnits(ms: number, { units }: DurationSyntax): string | undefined {
  const unit = (["d", "h", "m", "s"] as const).find((one) => units.includes(one) && ms % UNIT_MS[one] === 0);
  return unit === undefined ? undefined : `${ms / UNIT_MS[unit]}${unit}`;
}
