import { createHash } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** AWS's form of a unique id: prefix and 17 of A-Z2-7; without a prefix a uuid. The same world gives the same ids. */
export function uniqueId(world: { idCounter: number }, prefix: string): string {
  world.idCounter += 1;
  const bytes = createHash("sha256").update(`${prefix}/${world.idCounter}`).digest();
  if (prefix === "") return uuidOf(bytes.toString("hex"));
  return prefix + [...bytes.subarray(0, 17)].map((byte) => BASE32[byte % 32]).join("");
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
