import { readFile, writeFile } from "node:fs/promises";
import type { AccountId, InstanceName, Region } from "../../model/aws/ids.ts";
import type { KeyRecord, PastWrite } from "../../model/keys/key-record.ts";
import type { Limits } from "../../model/rules/limits.ts";
import type { LiveAccount, LiveFunction, LiveRegion } from "../../model/live.ts";
import type { Mode } from "../../model/rules/mode.ts";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";

/** Everything that a plan needs in addition to the manifests, read at one time; `plan --save-live` writes it to a file. */
export interface LiveStateSaved {
  readonly format: "grantkeeper-live/1";
  readonly savedAt: string;
  readonly instance: InstanceName;
  readonly mode: Mode;
  readonly limits: Limits;
  readonly sweepMs: number;
  /** What is recorded of the source; null without a record, and missing in files of 0.1.0. */
  readonly source?: SourceRecord | null;
  readonly accounts: readonly SavedAccount[];
}

export interface SavedAccount {
  readonly accountId: AccountId;
  /** Or why it was not read. */
  readonly live:
    | { readonly kind: "read"; readonly account: LiveAccount }
    | {
        readonly kind: "failed";
        readonly reason: string;
        readonly fix: string | null;
        readonly unreachable: boolean;
      };
  /** null: there was no record, so that limits and approvals can't be judged. */
  readonly record: {
    readonly account: AccountRecord | null;
    readonly keys: readonly KeyRecord[];
    readonly writes: readonly PastWrite[];
  } | null;
}

/** Only the owner may read the file: it shows all permissions. @throws CliError */
export async function saveLive(file: string, saved: LiveStateSaved): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(saved, encoded, 1)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new CliError(`cannot write ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

/** @throws CliError when the file can't be read or is no saved state */
export async function loadLive(file: string): Promise<LiveStateSaved> {
  const fix = "grantkeeper plan --save-live FILE writes one";
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadableFile(file, cause, fix);
  });
  const saved = parsed(text);
  if (saved === undefined) throw new CliError(`${file} is not a saved live state of this version`, fix);
  return saved;
}

function parsed(text: string): LiveStateSaved | undefined {
  try {
    const value: unknown = JSON.parse(text, decoded);
    const isSaved =
      typeof value === "object" &&
      value !== null &&
      "format" in value &&
      value.format === "grantkeeper-live/1";
    return isSaved ? withTriggers(value as LiveStateSaved) : undefined;
  } catch {
    return undefined; // Not JSON: the caller reports that.
  }
}

const NOT_SAVED = { kind: "unknown", reason: "saved by a version that did not read them" } as const;

/** Files of version 0.1.0 do not have the triggers of a function. */
function withTriggers(saved: LiveStateSaved): LiveStateSaved {
  return {
    ...saved,
    accounts: saved.accounts.map((each) =>
      each.live.kind === "read"
        ? { ...each, live: { ...each.live, account: completed(each.live.account) } }
        : each,
    ),
  };
}

function completed(account: LiveAccount): LiveAccount {
  const regions = new Map<Region, LiveRegion>();
  for (const [name, region] of account.regions) regions.set(name, completedRegion(region));
  return { ...account, regions };
}

function completedRegion(region: LiveRegion): LiveRegion {
  if (region.kind !== "read") return region;
  const functions = new Map<string, LiveFunction>();
  for (const [name, found] of region.functions)
    functions.set(name, Object.hasOwn(found, "triggers") ? found : { ...found, triggers: NOT_SAVED });
  return { ...region, functions };
}

/** Readings hold maps and sets, which JSON does not know. */
function encoded(_name: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  return value instanceof Set ? { $set: [...value] } : value;
}

function decoded(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$map" in value) return new Map(value.$map as readonly (readonly [unknown, unknown])[]);
  return "$set" in value ? new Set(value.$set as readonly unknown[]) : value;
}
