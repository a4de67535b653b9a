import type { AccountId, InstanceName, Region } from "../../model/aws/ids.ts";
import type { KeyRecord, PastWrite } from "../../model/keys/key-record.ts";
import type { Limits } from "../../model/rules/limits.ts";
import type { LiveAccount, LiveFunction, LiveRegion } from "../../model/live.ts";
import type { Mode } from "../../model/rules/mode.ts";
import { err, ok } from "../../model/values/result.ts";
import { readSaved, writeSaved } from "../project/saved-file.ts";
import type { ReferenceReadings } from "../../model/aws/reference.ts";
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
  /** What was read of the references of manifests, by place; missing: there were none, or an earlier version saved it. */
  readonly references?: ReferenceReadings;
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

/** The accounts that were read. */
export function readIn({ accounts }: LiveStateSaved): readonly LiveAccount[] {
  return accounts.flatMap(({ live }) => (live.kind === "read" ? [live.account] : []));
}

/** @throws CliError */
export function saveLive(file: string, saved: LiveStateSaved): Promise<void> {
  return writeSaved(file, saved);
}

/** @throws CliError when the file can't be read or is no saved state */
export function loadLive(file: string): Promise<LiveStateSaved> {
  return readSaved(file, {
    what: "live state",
    fix: "grantkeeper plan --save-live FILE writes one",
    parse: (value) => (isLiveState(value) ? ok(withTriggers(value)) : err(null)),
  });
}

function isLiveState(value: unknown): value is LiveStateSaved {
  return (
    typeof value === "object" && value !== null && "format" in value && value.format === "grantkeeper-live/1"
  );
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
