import type { CompiledTexts } from "../diff/documents/compiled-texts.ts";
import type { DeclarationDigests } from "../diff/drift/declaration-digests.ts";
import type { RecentWrites } from "../diff/drift/recent-writes.ts";
import type { RoleChecks } from "../guard/context/role-checks.ts";
import type { ActionData } from "../iam/action-data.ts";
import type { Comparer } from "../iam/compare/comparer.ts";
import type { KeyView } from "../model/answers/key-view.ts";
import type { PendingAuthors } from "../model/authors.ts";
import type { Approval } from "../model/approval.ts";
import type { KnownChanges } from "../model/changes/attribution.ts";
import type { RecordedDenial } from "../model/denials/call-denial.ts";
import type { InstanceName } from "../model/aws/ids.ts";
import type { Desired, DesiredAccount } from "../model/desired.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import type { RevisionsInForce } from "../model/records/key-revision.ts";
import type { Key } from "../model/keys/key.ts";
import type { LiveAccount } from "../model/live.ts";
import type { AccountRecord } from "../model/records/account-record.ts";
import type { Limits } from "../model/rules/limits.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { EarlierAccount } from "./windows/earlier-accounts.ts";

/** The earlier passes over an account, as recorded. */
export interface AccountHistory {
  readonly record: AccountRecord;
  readonly approvals: readonly Approval[];
  /** Of functions in open waves, since these were opened; missing: there are none. */
  readonly denials?: ReadonlyMap<Key, readonly RecordedDenial[]>;
}

/** What the last pass found of a key. */
export type ShownPlan = Pick<KeyView, "plan" | "drifts">;

/** The facts that a judgement of an account needs before AWS is read. */
export interface JudgeInputs extends RevisionsInForce {
  readonly account: DesiredAccount;
  readonly authors: PendingAuthors;
  readonly desired: Desired;
  /** By name: the accounts that change windows put before this one; missing: none does, or they were not read. */
  readonly earlier?: ReadonlyMap<string, EarlierAccount>;
  /** Declared keys that cannot be compiled. */
  readonly invalid: ReadonlyMap<Key, readonly Diagnostic[]>;
  /** Keys last seen in files that cannot be parsed now. */
  readonly brokenFileKeys: ReadonlyMap<Key, Diagnostic>;
  readonly instance: InstanceName;
  /** The mode of the process: the ceiling. */
  readonly mode: Mode;
  readonly limits: Limits;
  /** The configured interval between sweeps. */
  readonly sweepMs: number;
  readonly catalogueDigest: string;
  /** The version of Grantkeeper whose rules judge. */
  readonly version: string;
  readonly records: ReadonlyMap<Key, KeyRecord>;
  /** By key: what the last pass of this process found; it is shown until this one ends. */
  readonly shown: ReadonlyMap<Key, ShownPlan>;
  /** null: it was not read. Then nothing is held for a reason that only it gives. */
  readonly history: AccountHistory | null;
  /** The change events until AWS had been read that may explain drift; missing: it was not read yet, or there is no queue. */
  readonly changes?: KnownChanges;
  /** Of the services that the desired documents name. */
  readonly actionData: ActionData;
  /** Created for this pass or command. */
  readonly comparer: Comparer;
  /** Shared by all passes of a controller, as are the texts and the digests. */
  readonly roleChecks: RoleChecks;
  readonly texts: CompiledTexts;
  readonly declarations: DeclarationDigests;
}

/** The account as it was read, and our recent writes to it. */
export interface Observation {
  readonly live: LiveAccount;
  readonly writes: RecentWrites;
  readonly nowMs: number;
}

/** The inputs of a plan, a judgement and a comparison after the writes. */
export type JudgeContext = JudgeInputs & Observation;
