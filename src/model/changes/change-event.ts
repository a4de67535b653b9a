import type { AccountId, Region } from "../aws/ids.ts";
import type { Digest } from "../values/digest.ts";

/** The caller of an AWS API, as CloudTrail records it. */
export interface Actor {
  readonly kind: "user" | "role-session" | "federated-user" | "root" | "service" | "unknown";
  /** `alice@example.com`: of a session its name, of a user the user's name. */
  readonly name: string;
  /** The name of the role of a session, without the random end of a role of IAM Identity Center; null: no session. */
  readonly role: string | null;
  /** The ARN of that role. */
  readonly roleArn: string | null;
  /** Of a federated user: the user of IAM that made its session, or `root`. Missing: another caller, or an earlier version. */
  readonly issuer?: string;
  /** The AWS service that made the call for the caller: `cloudformation.amazonaws.com`; null: the caller made it. */
  readonly service: string | null;
  /** The account of the caller, if it is not the account that was changed. */
  readonly accountId: string | null;
  readonly sourceAddress: string | null;
  readonly accessKeyId: string | null;
  /** null: CloudTrail does not record it for this caller. */
  readonly usedMfa: boolean | null;
}

/** The object of a change, as far as the event names it. */
export type ChangedObject =
  | { readonly kind: "role"; readonly name: string }
  | { readonly kind: "policy"; readonly arn: string }
  | {
      readonly kind: "function";
      readonly region: Region;
      readonly name: string;
      /** null: the unqualified function. */
      readonly qualifier: string | null;
    }
  /** The record has no parameter that names it. */
  | {
      readonly kind: "not-named";
      readonly service: "iam" | "lambda";
      readonly region: Region;
      /** ARNs, or names as CloudTrail's index has them: it is one of these. Empty: any object of the service in the account and region. */
      readonly names: readonly string[];
    };

/** What the call set. A document is the digest of its canonical JSON; null: the event has none that is JSON. */
export type ChangedAspect =
  | { readonly kind: "created"; readonly id: string | null }
  | { readonly kind: "deleted" }
  | { readonly kind: "trust"; readonly document: Digest | null }
  | { readonly kind: "inline-set"; readonly policyName: string; readonly document: Digest | null }
  | { readonly kind: "inline-deleted"; readonly policyName: string }
  | { readonly kind: "attached"; readonly arn: string }
  | { readonly kind: "detached"; readonly arn: string }
  | { readonly kind: "boundary-set"; readonly arn: string }
  | { readonly kind: "boundary-deleted" }
  | { readonly kind: "tags-set"; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: "tags-deleted"; readonly keys: readonly string[] }
  /** null: the call did not name it. */
  | {
      readonly kind: "settings";
      readonly description: string | null;
      readonly maxSessionSeconds: number | null;
    }
  | { readonly kind: "version-created"; readonly document: Digest | null; readonly isDefault: boolean }
  | { readonly kind: "default-version"; readonly versionId: string }
  | { readonly kind: "statement-added"; readonly sid: string }
  | { readonly kind: "statement-removed"; readonly sid: string }
  | { readonly kind: "function-role"; readonly roleArn: string }
  /** An alias of the function, with the statements of the alias. */
  | { readonly kind: "alias-deleted"; readonly alias: string }
  /** The record does not show it: CloudTrail left the parameters out, or they are not as expected. It may be anything. */
  | { readonly kind: "unread" }
  /** Something of the object that is compared nowhere. */
  | { readonly kind: "other" };

/** One successful call of IAM or Lambda that wrote something. */
export interface CallEvent {
  /** Of the event: the same if it is delivered twice. */
  readonly id: string;
  readonly accountId: AccountId;
  readonly region: Region;
  /** CloudTrail has whole seconds. */
  readonly atMs: number;
  /** `iam:AttachRolePolicy`, without the version that Lambda's names end with. */
  readonly call: string;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** The number of the intent that the user agent claims; null: it claims none. */
  readonly intent: number | null;
}

/** One successful call that changed an object of IAM or Lambda. */
export interface ChangeEvent extends CallEvent {
  readonly object: ChangedObject;
  readonly aspect: ChangedAspect;
}

/** A successful write; without an object and an aspect, it is a call that changes nothing which is compared. */
export type WriteEvent = CallEvent & Partial<Pick<ChangeEvent, "object" | "aspect">>;

/** A change event as the store keeps it, until it cannot explain drift any more. */
export interface ChangeRecord {
  readonly event: ChangeEvent;
  readonly receivedMs: number;
  /** Of a search that CloudTrail may still answer with later calls: one of them may have made what this call set. */
  readonly isEarly?: true;
}
