import type { DesiredAccountSet } from "../desired.ts";
import type { ReferencePlace } from "./reference.ts";
import type { Statement } from "./policy-document.ts";

/** The identities that an account may have, in the order in which a pass uses them. */
export const OWN_IDENTITIES = ["observer", "writer", "binder"] as const;
export type OwnIdentity = (typeof OWN_IDENTITIES)[number];

const RULES_NOT_READ = "`import` does not list the rules of EventBridge that match a pattern";

/** In lower case: an action that Grantkeeper works without, and what it then does not do. */
export const OPTIONAL_ACTIONS: ReadonlyMap<string, string> = new Map([
  ["cloudformation:describestacks", "`${stack.…}` has no value here"],
  ["ssm:getparameters", "`${ssm.…}` has no value here"],
  ["iam:deleterole", "Grantkeeper deletes none of them here"],
  ["iam:deletepolicy", "Grantkeeper deletes none of them here"],
  ["iam:generateservicelastaccesseddetails", "`suggest --last-accessed` has no evidence of use"],
  ["iam:getservicelastaccesseddetails", "`suggest --last-accessed` has no evidence of use"],
  ["cloudformation:describestackresources", "no role is taken over in place"],
  ["cloudtrail:lookupevents", "CloudTrail is not asked who made a difference"],
  ["events:listeventbuses", RULES_NOT_READ],
  ["events:listrulenamesbytarget", RULES_NOT_READ],
  ["tag:getresources", "Grantkeeper does not know who deploys a function without a manifest"],
]);

/** The values of `CallAs` of CloudFormation. */
export const CALL_AS = ["SELF", "DELEGATED_ADMIN"] as const;
export type CallAs = (typeof CALL_AS)[number];

/** What the operator's file declares about Grantkeeper's own roles. */
export interface OwnRoleSettings {
  /** ARN of the role of the process. */
  readonly baseRole: string;
  /** The AWS organization of the base role's account; null: the trust does not require one. */
  readonly organization: string | null;
  /** Where stack sets create the roles: organizational units, or the root. */
  readonly organizationalUnits: readonly string[];
  /** ARN patterns of the roles that may change Grantkeeper's own roles and the boundaries. */
  readonly deployers: readonly string[];
  /** As who stack sets are created: the management account itself, or a delegated administrator. */
  readonly callAs: CallAs;
  /** By account name: the customer managed keys that encrypt the environment of functions. */
  readonly functionKeys: Readonly<Record<string, readonly string[]>>;
  /** By account name: the former roles that the binder may set again, for the undo of a switch. */
  readonly formerRoles: Readonly<Record<string, readonly string[]>>;
  /** What the process reads for its sources with its own credentials. */
  readonly sources: readonly SourceAccess[];
}

/** A repository of CodeCommit in the account of the base role, the role that reads one, or a queue of pushes. */
export type SourceAccess =
  | {
      readonly kind: "repository";
      readonly partition: string;
      readonly region: string;
      readonly name: string;
    }
  | { readonly kind: "role"; readonly roleArn: string }
  /** With the name of the repository, in the account and region of the queue. */
  | { readonly kind: "queue"; readonly arn: string; readonly repository: string }
  | { readonly kind: "change-queue"; readonly arn: string };

/** What the policies of Grantkeeper's own roles need besides the manifests. */
export interface OwnSetup {
  readonly instance: string;
  /** Null: the operator's file declares none. Trust policies and those of an organization need them. */
  readonly settings: OwnRoleSettings | null;
  /** What the manifests name in AWS: the observer may read it where no Team limits what may be named. Missing: nothing. */
  readonly references?: readonly ReferencePlace[];
  /** CloudTrail is asked who made a difference. Missing: it is not. */
  readonly lookupEvents?: boolean;
}

/** The policies of Grantkeeper's own roles for one revision of the manifests. */
export interface OwnDocuments {
  /** @throws Error for an account that no manifest declares */
  readonly policy: (accountId: string, identity: OwnIdentity) => readonly Statement[];
  readonly trust: (identity: { readonly externalId: string }) => readonly Statement[];
  /** Of an AccountSet's reader, and of the observer in each account; the latter has EXAMPLE_ID in place of the account's id. */
  readonly accountSet: (set: DesiredAccountSet) => {
    readonly reader: readonly Statement[];
    readonly observer: readonly Statement[];
  };
  /** The policies of sessions for one object of each kind; none for the observer. */
  readonly sessions: (accountId: string, identity: OwnIdentity) => readonly string[];
  /** Of the base role: it assumes the roles of every account in its partition. */
  readonly base: () => readonly Statement[];
  /** The service control policy that protects the roles and boundaries of every account. */
  readonly serviceControl: () => readonly Statement[];
}
