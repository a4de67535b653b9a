import { fits } from "./pattern.ts";

/** Whether a value of the request satisfies one of the policy, both as text; the policy's with its wildcards marked. */
export type Comparison = (found: string, wanted: string) => boolean;

/** "an integer or decimal value" */
export function numeric(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/**
 * "one of the W3C implementations of the ISO 8601 date formats or in epoch (UNIX) time", here as milliseconds: year,
 * month, day, or with minutes, or with seconds, the latter two with a zone.
 * @see https://www.w3.org/TR/NOTE-datetime
 */
export function moment(text: string): number | undefined {
  if (/^\d{5,}$/.test(text)) return Number(text) * 1_000;
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d))?)?)?$/.exec(
    text,
  );
  if (parts === null) return undefined;
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  return Date.UTC(year ?? 0, month - 1, day, hour, minute, second) - zoneMs(parts[7] ?? "Z");
}

function zoneMs(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return minutes * (zone.startsWith("-") ? -60_000 : 60_000);
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function address(text: string): Address | undefined {
  if (/^\d+(\.\d+){3}$/.test(text)) {
    const bytes = text.split(".").map(BigInt);
    return { bits: 32, value: bytes.reduce((sum, byte) => sum * 256n + byte, 0n) };
  }
  if (!/^[\da-f:]+$/i.test(text)) return undefined;
  const [head = "", tail] = text.split("::");
  const words = (part: string): readonly string[] => part.split(":").filter((word) => word !== "");
  const [before, after] = [words(head), words(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const value = [...before, ...zeros, ...after].reduce(
    (sum, word) => sum * 65_536n + BigInt(`0x${word}`),
    0n,
  );
  return { bits: 128, value };
}

/** "standard CIDR format"; an IPv4 address without a prefix has /32. */
export function inRange(found: string, wanted: string): boolean {
  const [network = "", prefix] = wanted.split("/");
  const [from, to] = [address(found), address(network)];
  if (from === undefined || to === undefined || from.bits !== to.bits) return false;
  const free = BigInt(to.bits - Number(prefix ?? to.bits));
  return from.value >> free === to.value >> free;
}

/** "Each of the six colon-delimited components of the ARN is checked separately" */
export function sameArn(found: string, wanted: string): boolean {
  const [mine, theirs] = [components(found), components(wanted)];
  return mine.length === 6 && theirs.length === 6 && theirs.every((part, at) => fits(part, mine[at] ?? ""));
}

function components(arn: string): readonly string[] {
  const parts = arn.split(":");
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** "byte for byte against a base-64 encoded representation" */
export function sameBytes(found: string, wanted: string): boolean {
  return Buffer.from(found, "base64").equals(Buffer.from(wanted, "base64"));
}
