import type { Diagnostic } from "../model/diagnostic.ts";
import type { Key } from "../model/key.ts";
import type { Mode } from "../model/mode.ts";
import type { Revision } from "../model/revision.ts";
import type { ApprovalSubject } from "../model/verdict.ts";
import type { SuspensionObject } from "./commands.ts";
import type { AccountStatus } from "./manifests.ts";
import type { ApiObject } from "./object.ts";

export interface HoldStatus {
  /** What `approve` takes. */
  readonly subject: ApprovalSubject;
  readonly reason: string;
  /** The account's name; null for a held revision. */
  readonly account: string | null;
  /** Sorted. A token with namespaces sees its own. */
  readonly keys: readonly Key[];
  /** How many calls wait; null where keys of other namespaces were left out. */
  readonly actions: number | null;
  /** False where the token may not approve it: it lacks the scope, or the hold covers keys of other namespaces. */
  readonly approvable: boolean;
}

/** Something that waits for a person. Its name is the hex part of `subject`. */
export interface HoldObject extends ApiObject<"Hold"> {
  readonly status: HoldStatus;
}

/**
 * A role or policy of ours that no manifest names, with why it stays. Its name is `<role or policy>.<its name in
 * AWS>.<accountId>`; a token with namespaces sees those whose key is in them.
 */
export interface OrphanObject extends ApiObject<"Orphan"> {
  readonly status: {
    /** null: no record knows it; only its tags say that it is ours. */
    readonly key: Key | null;
    readonly account: string;
    readonly arn: string;
    /** ISO 8601. */
    readonly since: string;
    readonly reason: string;
  };
}

export interface SourceStatus {
  readonly name: string;
  /** The revision that is enforced. */
  readonly accepted: Revision | null;
  /** ISO 8601. */
  readonly fetchedAt: string | null;
  readonly held: { readonly revision: Revision; readonly reason: string } | null;
  /** The newest failure; null when the last fetch went well. */
  readonly failure: { readonly message: string; readonly mend: string } | null;
  /** A working directory: its content is in no commit. */
  readonly uncommitted: boolean;
}

/** Is everything all right, and what needs me. A token with namespaces sees its own part. */
export interface OverviewObject extends ApiObject<"Overview"> {
  readonly status: {
    readonly version: string;
    readonly instance: string;
    readonly mode: Mode;
    /** ISO 8601, as `now`: the server's clock, so that ages are right on any machine. */
    readonly startedAt: string;
    readonly now: string;
    readonly catalogueDate: string;
    readonly source: SourceStatus;
    /** Sorted by name. */
    readonly accounts: readonly AccountStatus[];
    readonly diagnostics: readonly Diagnostic[];
    readonly holds: readonly HoldObject[];
    readonly suspensions: readonly SuspensionObject[];
    readonly orphans: readonly OrphanObject[];
  };
}
