import type { Arn } from "../aws/arn.ts";
import type { Key } from "../keys/key.ts";
import type { PermissionLine, TypedLine } from "./permission-line.ts";
import type { ShownReference } from "./shown-reference.ts";
import type { RefusedRule } from "../rules/refusal.ts";
import type { Revision } from "../values/revision.ts";

/**
 * A function's permissions in three separate states: declared in Git, effective in AWS, and pending, which is neither.
 * The three are never mixed.
 */
export interface PermissionState<Line = PermissionLine> {
  readonly key: Key;
  /** A ManagedPolicy with `use: boundary`: its lines limit roles, and allow nothing. Missing: it is none. */
  readonly isBoundary?: true;
  readonly declared: DeclaredState<Line>;
  readonly effective: EffectiveState<Line>;
  /** Empty: nothing is pending. */
  readonly pending: readonly PendingChange<Line>[];
  /** With each other role that the function runs on, that of $LATEST first. Empty: there is none. */
  readonly comparisons: readonly UsedRoleComparison<Line>[];
  /** The values in AWS that the accepted manifest names, sorted. Empty: it names none, or it cannot be read. */
  readonly references: readonly ShownReference[];
}

/** The state as the stages compute it. */
export type TypedState = PermissionState<TypedLine>;

/** The declared role, compared with another one that $LATEST or a version behind an alias runs on. */
export type UsedRoleComparison<Line = PermissionLine> =
  /** Both grant and trust the same, which is proved. */
  | { readonly kind: "equal"; readonly arn: string; readonly limitedBy?: string }
  | {
      readonly kind: "different";
      readonly arn: string;
      /** The boundary of the declared role, if it may also limit what policies of other resources grant, which were not read. */
      readonly limitedBy?: string;
      /** What the declared role grants, and the other one does not. */
      readonly add: Lines<Line>;
      /** What the other one grants, and the declared role does not. */
      readonly remove: Lines<Line>;
      /** Differences of unknown effect, one sentence each. */
      readonly other: readonly string[];
    }
  /** A part was not read. */
  | { readonly kind: "unknown"; readonly arn: string; readonly reason: string }
  /** It belongs to another owner, or its owner is not known: a token with namespaces cannot see it. */
  | { readonly kind: "hidden"; readonly arn: string };

/** At most `MAX_LINES`; `more` is the number of lines that are left out. */
export interface Lines<Line> {
  readonly lines: readonly Line[];
  readonly more: number;
}

export type DeclaredState<Line = PermissionLine> =
  | {
      readonly kind: "declared";
      readonly revision: Revision;
      readonly file: string;
      readonly permissions: Lines<Line>;
    }
  /** The manifest of the revision cannot be used, so the declared permissions are unknown. */
  | {
      readonly kind: "broken";
      readonly revision: Revision;
      readonly file: string | null;
      readonly message: string;
    }
  | { readonly kind: "not-declared"; readonly revision: Revision | null };

/** How Git knows an effective line. */
export interface LineMarks {
  /** False: the manifest does not declare it, or it is a permission of another role than the declared one. */
  readonly isDeclared: boolean;
  /** True: the last applied revision declared it. If neither does, it was added in AWS. */
  readonly wasDeclared: boolean;
}

export type EffectiveLine = PermissionLine & LineMarks;

/** A setting that is not a permission: a tag, a session length, a boundary. null: it does not exist there. */
export interface SettingDifference {
  readonly what: string;
  readonly live: string | null;
  readonly declared: string | null;
}

export type Boundary =
  | {
      readonly kind: "none";
      readonly isDeclared: boolean;
      readonly wasDeclared: boolean;
      readonly declaredName: string | null;
    }
  | {
      readonly kind: "boundary";
      readonly name: string;
      readonly arn: Arn;
      readonly isDeclared: boolean;
      readonly wasDeclared: boolean;
      /** The declared boundary; null if none is declared. */
      readonly declaredName: string | null;
      /** False: its document was not read, so it is unknown which lines it allows. */
      readonly isRead: boolean;
    };

/** The role that gives $LATEST its permissions. */
export type RoleState =
  | { readonly kind: "declared"; readonly arn: string }
  /** The function does not run on the declared role: the lines are those of the other role. */
  | { readonly kind: "other"; readonly arn: string; readonly declaredArn: string }
  | { readonly kind: "absent"; readonly arn: string }
  | { readonly kind: "unknown"; readonly arn: string; readonly reason: string }
  /** It belongs to another owner, which a token with namespaces cannot see. */
  | { readonly kind: "hidden"; readonly arn: string };

export type EffectiveState<Line = PermissionLine> =
  | { readonly kind: "unknown"; readonly reason: string }
  | {
      readonly kind: "read";
      /** ISO 8601. */
      readonly readAt: string;
      /** Since when newer reads of the account fail, and why; null if the last one succeeded. */
      readonly failing: { readonly since: string; readonly reason: string } | null;
      readonly role: RoleState;
      /** Evaluated: inline and attached policies within the boundary, callers from the function's policies. */
      readonly permissions: Lines<Line & LineMarks>;
      readonly boundary: Boundary | null;
      /** Other additions to and changes of the role, compared with the declared one. */
      readonly settings: readonly SettingDifference[];
      /** In a policy of the role, but without effect: outside the boundary, or denied. */
      readonly withoutEffect: Lines<Line & LineMarks>;
      /** Parts that could not be read, one sentence each. */
      readonly unknown: readonly string[];
    };

export type PendingReason =
  | { readonly kind: "refused"; readonly rules: readonly RefusedRule[]; readonly reason: string }
  | { readonly kind: "awaiting-approval"; readonly digest: string; readonly reason: string }
  /** It is made when the window opens. `digest`: what an operator overrides the window for. */
  | { readonly kind: "change-window"; readonly digest: string; readonly reason: string }
  /** It is made when the accounts that come first are verified. */
  | { readonly kind: "account-order"; readonly digest: string; readonly reason: string }
  /** It is made when the functions that it depends on are in sync. */
  | { readonly kind: "depends-on"; readonly digest: string; readonly reason: string }
  /** An operator approved it, and it is not made yet. `reason`: by whom, until when, and what it waits for. */
  | { readonly kind: "approved"; readonly digest: string; readonly reason: string }
  | {
      readonly kind: "rejected";
      readonly digest: string;
      readonly by: string;
      readonly at: string;
      readonly reason: string;
    }
  /** What an upgrade refuses of the applied state with an approval; until then it keeps its verdict. */
  | {
      readonly kind: "stricter-verdict";
      readonly digest: string;
      /** What became stricter, such as `profile production (main@9c1d04e)`. */
      readonly by: readonly string[];
      readonly rules: readonly RefusedRule[];
      readonly rejected: { readonly by: string; readonly reason: string } | null;
    }
  | { readonly kind: "observe-only" }
  | { readonly kind: "not-deployed" }
  | {
      readonly kind: "suspended";
      readonly id: string;
      readonly until: string;
      readonly by: string;
      readonly reason: string;
    }
  | { readonly kind: "broken"; readonly message: string }
  /** `until` is null while the writes before it are not made. */
  | { readonly kind: "propagation"; readonly until: string | null }
  /** AWS showed a difference, perhaps from before Grantkeeper's last write. `until`: it is read again and decided. */
  | { readonly kind: "unconfirmed"; readonly until: string | null }
  /** `revertsAt` is null if it is reverted now. */
  | { readonly kind: "drift"; readonly revertsAt: string | null }
  | { readonly kind: "withheld"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string }
  /** No pass has compared the revision with AWS yet. */
  | { readonly kind: "not-compared"; readonly revision: Revision | null }
  | { readonly kind: "applying" }
  /** ManagedPolicies that its role has, as a policy or as the boundary, differ from Git. Their ARNs, sorted. */
  | { readonly kind: "policies-differ"; readonly policies: readonly string[] }
  /** A difference that no planned call changes. `isManaged`: a later one does, when what is against it has ended. */
  | { readonly kind: "differs"; readonly isManaged: boolean }
  /** Undeclared statements that stay because of `undeclaredCallers: report`. */
  | { readonly kind: "kept"; readonly statements: readonly string[] };

export interface PendingChange<Line = PermissionLine> {
  readonly reason: PendingReason;
  readonly add: Lines<Line>;
  readonly remove: Lines<Line>;
  /** Changes other than permissions. */
  readonly settings: readonly SettingDifference[];
  /** Unknown parts of the change, one sentence each. */
  readonly other: readonly string[];
  readonly hint: string | null;
  /** The last pass found it, and compared an earlier revision. */
  readonly isOutdated?: true;
}

/** False: Git may declare what AWS was not seen to have, since no pass has compared it, or the role was not read or does not exist. */
export function isDeclarationObserved({
  effective,
  isCompared,
}: {
  readonly effective: EffectiveState<unknown>;
  readonly isCompared: boolean;
}): boolean {
  return isCompared && effective.kind === "read" && !UNSEEN_ROLES.has(effective.role.kind);
}

const UNSEEN_ROLES: ReadonlySet<RoleState["kind"]> = new Set(["absent", "unknown"]);

const MAX_LINES = 200;

export function limitedLines<Line>(lines: readonly Line[]): Lines<Line> {
  return { lines: lines.slice(0, MAX_LINES), more: Math.max(0, lines.length - MAX_LINES) };
}

/** The same state with each line in another form. */
export function mapLines<From, To>(
  state: PermissionState<From>,
  form: (line: From) => To,
): PermissionState<To> {
  const all = ({ lines, more }: Lines<From>): Lines<To> => ({ lines: lines.map(form), more });
  const marked = ({ lines, more }: Lines<From & LineMarks>): Lines<To & LineMarks> => ({
    lines: lines.map((line) => {
      const { isDeclared, wasDeclared } = line;
      return { ...form(line), isDeclared, wasDeclared };
    }),
    more,
  });
  const { declared, effective } = state;
  return {
    ...state,
    declared:
      declared.kind === "declared" ? { ...declared, permissions: all(declared.permissions) } : declared,
    effective:
      effective.kind === "read"
        ? {
            ...effective,
            permissions: marked(effective.permissions),
            withoutEffect: marked(effective.withoutEffect),
          }
        : effective,
    pending: state.pending.map((change) => ({ ...change, add: all(change.add), remove: all(change.remove) })),
    comparisons: state.comparisons.map((one) =>
      one.kind === "different" ? { ...one, add: all(one.add), remove: all(one.remove) } : one,
    ),
  };
}
