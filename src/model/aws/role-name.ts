import { hash } from "node:crypto";

const MAX_NAME = 64;

/** For names over 64 characters: the first 55, `-`, and 8 hex digits of the hash of the name. */
export function shortenedRoleName(name: string): string {
  if (name.length <= MAX_NAME) return name;
  return `${name.slice(0, 55)}-${hash("sha256", name, "hex").slice(0, 8)}`;
}

/** The role of a function whose manifest names none. */
export function defaultRoleName(functionName: string, region: string): string {
  return shortenedRoleName(`${functionName}-${region}`);
}
