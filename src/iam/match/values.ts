import { Address4, Address6 } from "ip-address";

/** Compares two values of one type; undefined when one of them is none of the type. */
export type Compare = (a: string, b: string) => number | undefined;

/** Exact at any length: as numbers where JavaScript has them, else digit by digit. */
export const compareNumbers: Compare = (a, b) => {
  if (!NUMBER.test(a) || !NUMBER.test(b)) return undefined;
  if (a.length <= 15 && b.length <= 15) return Math.sign(Number(a) - Number(b));
  const digits = Math.max(fractionOf(a).length, fractionOf(b).length);
  const [left, right] = [scaled(a, digits), scaled(b, digits)];
  return left < right ? -1 : Number(left > right);
};

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** A number as most people write it: neither padded, nor with a plus or an exponent. */
export function isPlainNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
}

/** In one spelling: `010.50` is `10.5`. undefined for what is no number, or begins with a plus. */
export function numberText(text: string): string | undefined {
  if (!NUMBER.test(text) || text.startsWith("+")) return undefined;
  const [integer = ""] = text.replace("-", "").split(".");
  const fraction = fractionOf(text);
  let end = fraction.length;
  while (fraction[end - 1] === "0") end -= 1;
  const size = integer.replace(/^0+(?=\d)/, "") + (end === 0 ? "" : `.${fraction.slice(0, end)}`);
  return text.startsWith("-") && size !== "0" ? `-${size}` : size;
}

function fractionOf(text: string): string {
  return text.split(".")[1] ?? "";
}

function scaled(text: string, digits: number): bigint {
  const [integer = "0"] = text.split(".");
  return BigInt(integer + fractionOf(text).padEnd(digits, "0"));
}

/** Instants, in the forms of the W3C note on dates (a year to an instant with its zone) or as seconds of the epoch. */
export const compareDates: Compare = (a, b) => {
  const [left, right] = [instantOf(a), instantOf(b)];
  return left === undefined || right === undefined ? undefined : Math.sign(left - right);
};

const ISO =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(Z|[+-]\d\d(?::?\d\d)?))?)?)?$/;

/**
 * A date in a form that IAM's documentation names: an ISO 8601 date of the W3C's profile, or seconds of the epoch.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function isPlainDate(text: string): boolean {
  if (/^[1-9]\d{4,}$/.test(text)) return true;
  const hasPlainTime = !/T24|:60|[+-]\d\d(\d\d)?$/.test(text.slice(10));
  return ISO.test(text) && hasPlainTime && instantOf(text) !== undefined;
}

/** Milliseconds. Four digits are a year. */
export function instantOf(text: string): number | undefined {
  const found = ISO.exec(text);
  if (found === null) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const dayMs = Date.UTC(year, month - 1, day);
  const isDay = year >= 100 && month >= 1 && month <= 12 && new Date(dayMs).getUTCDate() === day;
  if (!isDay || hour > 24 || minute > 59 || second >= 61) return undefined;
  return dayMs + ((hour * 60 + minute - zoneMinutes(found[7] ?? "Z")) * 60 + second) * 1_000;
}

function zoneMinutes(zone: string): number {
  if (zone === "Z") return 0;
  const digits = zone.replace(":", "").padEnd(5, "0");
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** Addresses that begin with the same bits. */
export interface Network {
  readonly version: 4 | 6;
  readonly address: bigint;
  /** How many bits of the address do not count, from its end. */
  readonly free: bigint;
}

/** `203.0.113.0/24`, `2001:db8::/32`; an address without a length is itself alone. undefined for other texts. */
export function parseNetwork(text: string): Network | undefined {
  const plain = text.replace(PADDED_END, withoutPadding);
  if (Address4.isValid(plain)) return networkOf(4, new Address4(plain));
  // A zone belongs to one computer.
  if (plain.includes("%") || !Address6.isValid(plain)) return undefined;
  return networkOf(6, new Address6(plain));
}

/** IAM stores `010.0.0.1`, which other programs read as octal. */
const PADDED_END = /\d{1,3}(\.\d{1,3}){3}(?=\/|$)/;

function withoutPadding(address: string): string {
  return address.split(".").map(Number).join(".");
}

function networkOf(version: Network["version"], parsed: Address4 | Address6): Network {
  return { version, address: parsed.bigInt(), free: BigInt((version === 4 ? 32 : 128) - parsed.subnetMask) };
}

/**
 * Only texts that leave no question: no bits after those that count, no zero before a number, and of IPv6 no address
 * without its length (the documentation gives 32 for every address).
 */
export function exactNetwork(text: string): Network | undefined {
  if (/(^|[./])0\d/.test(text) || (text.includes(":") && !text.includes("/"))) return undefined;
  const network = parseNetwork(text);
  return network === undefined || beginningOf(network, network.free) << network.free !== network.address
    ? undefined
    : network;
}

/** IPv4 and IPv6 are apart: neither holds the other's addresses. */
export function networkHolds(network: Network, other: Network): boolean {
  return (
    network.version === other.version &&
    other.free <= network.free &&
    beginningOf(network, network.free) === beginningOf(other, network.free)
  );
}

function beginningOf({ address }: Network, free: bigint): bigint {
  return address >> free;
}

/** The bytes of Base64 text in one spelling; undefined for what is none. */
export function base64Text(text: string): string | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, "base64").toString("base64") : undefined;
}
