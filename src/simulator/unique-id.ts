import { createHash } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Access key ids have 20 characters in total, other ids 21. @see
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
const ACCESS_KEYS = new Set(["AKIA", "ASIA"]);

/**
 * A unique id in AWS's form: a prefix and 16 or 17 characters of A-Z2-7; without a prefix, a UUID. The same world
 * produces the same ids.
 */
export function uniqueId(world: { idCounter: number }, prefix: string): string {
  world.idCounter += 1;
  const bytes = createHash("sha256").update(`${prefix}/${world.idCounter}`).digest();
  if (prefix === "") return uuidOf(bytes.toString("hex"));
  const length = ACCESS_KEYS.has(prefix) ? 16 : 17;
  return prefix + [...bytes.subarray(0, length)].map((byte) => BASE32[byte % 32]).join("");
}

/** 40 characters of base64, like AWS's secret access keys. */
export function secretKey(world: { idCounter: number }): string {
  world.idCounter += 1;
  return createHash("sha256").update(`secret/${world.idCounter}`).digest("base64").slice(0, 40);
}

function uuidOf(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
