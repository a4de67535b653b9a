import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ReleaseFacts {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** The commit; with `-dirty` if the checkout differs from it. */
  readonly revision: string;
  /** ISO 8601: the time of the commit. */
  readonly created: string;
}

/** Of the checkout in the working directory. @param epoch seconds, as SOURCE_DATE_EPOCH has them */
export function releaseFacts(epoch: string): ReleaseFacts {
  if (!/^\d+$/.test(epoch)) throw new Error("SOURCE_DATE_EPOCH is not set");
  const { version, description, license } = JSON.parse(readFileSync("package.json", "utf8")) as ReleaseFacts;
  const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
  const dirty = git("status", "--porcelain") === "" ? "" : "-dirty";
  return {
    version,
    description,
    license,
    revision: `${git("rev-parse", "HEAD")}${dirty}`,
    created: new Date(Number(epoch) * 1_000).toISOString(),
  };
}
