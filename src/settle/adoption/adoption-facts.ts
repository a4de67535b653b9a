import type { UsedRole } from "../../model/keys/used-role.ts";
import type { AliasReading, NeedReading } from "../../model/keys/adoption.ts";
import type { Mode } from "../../model/rules/mode.ts";

/** The declared role in AWS. `problem`: why it is not complete; null: it is as declared, Grantkeeper's, and settled. */
export interface DeclaredRoleFacts {
  readonly isOurs: boolean;
  readonly problem: string | null;
}

/** A step of the adoption that needs a write: what it waits for. */
export type PendingStep =
  /** An operator must approve it. */
  | { readonly kind: "approval" }
  | { readonly kind: "obstacle"; readonly reason: string; readonly fix: string | null }
  /** Nothing is against it. */
  | { readonly kind: "next-pass" };

export interface PendingSteps {
  /** `deployer`: Grantkeeper does not set the role of this function. */
  readonly switch: PendingStep | { readonly kind: "deployer" };
  /** The writes to the declared role. */
  readonly role: PendingStep;
}

/** What a pass saw of a function and of its roles. */
export interface SeenFunction {
  readonly kind: "seen";
  readonly functionName: string;
  readonly declaredArn: string;
  /** Of $LATEST. */
  readonly roleArn: string;
  readonly aliases: AliasReading;
  /** Every other role that it runs on, compared; the declared one too while it is not Grantkeeper's. */
  readonly compare: (arn: string) => UsedRole;
  /** Made only where it is asked for: most functions run on their declared role already. */
  readonly needs: () => NeedReading;
  readonly ownRole: DeclaredRoleFacts;
  /** Git takes over the function's own role, and its policies are not yet those that Git declares. */
  readonly isTakingOver: boolean;
  readonly mode: Mode;
  readonly pending: PendingSteps;
  /** A revision was applied to its role and read back. */
  readonly isApplied: boolean;
  /** Everything was read, and there was nothing to write. */
  readonly isSilent: boolean;
  /** The pass read the complete account. */
  readonly isSweep: boolean;
}

/** What a pass saw of a binding, as far as its adoption depends on it. */
export type AdoptionFacts =
  | SeenFunction
  | { readonly kind: "no-function" }
  | { readonly kind: "undoing"; readonly reason: string }
  | { readonly kind: "unread"; readonly reason: string };
