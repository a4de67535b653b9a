import type { Kind } from "../../src/manifest/schema/document.ts";

const METADATA = {
  "metadata.name": "the object's name",
  "metadata.labels": "for selecting: `grantkeeper get fp -l tier=1`",
  "metadata.annotations": "for people; nothing reads them",
};

const TEAM_METADATA = {
  ...METADATA,
  "metadata.namespace": "the team; may be left out, and must agree with the folder",
};

/** What each field is for, and what holds when it is left out. The pages' tool fails when one is missing here. */
export const MEANINGS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  FunctionPermission: {
    ...TEAM_METADATA,
    "spec.function":
      "the function, deployed by someone else; it may not exist yet. Default: the object's name",
    "spec.targets": "where: one binding for each account and region",
    "spec.targets[].accounts": "names of AwsAccounts",
    "spec.targets[].regions": "regions that those accounts list",
    "spec.mode":
      "default `enforce`; what counts is the most cautious of process, account and manifest, and process and account default to `observe`",
    "spec.role": "the function's role; each of its fields has a default",
    "spec.role.name":
      "default `${function}-${region}`; past 64 characters the first 55, `-`, and 8 hex digits of the whole's SHA-256",
    "spec.role.path": "default `/grantkeeper/`; a role's path can never change",
    "spec.role.boundary": "one of the account's `boundaries`; default the account's `boundary`",
    "spec.role.adopt": "taking over a role that stands there is not in this version",
    "spec.role.tags":
      "keys from the account's `tagKeys` alone: a role's tags are permissions (`aws:PrincipalTag`)",
    "spec.role.description": "default empty",
    "spec.role.maxSessionDuration": "default `1h`; without effect on the function itself",
    "spec.functionRole":
      "`verify` (default): another role on the function is drift, shown with the line for its deployer; `manage`: Grantkeeper sets it through the binder, if the account says `manage` too",
    "spec.logs": "`false` takes away the grant to write logs that every function has",
    "spec.logs.group": "default `/aws/lambda/${function}`",
    "spec.logs.create": "default `true`: the function may create the group",
    "spec.tracing": "default `false`; `true` lets the function send to X-Ray",
    "spec.vpc": "default `false`; `true` for a function in a VPC: Lambda may manage its network interfaces",
    "spec.grants": "what the function may do: [grants](grants.md#grants)",
    "spec.statements": "what no grant says, in IAM's own words; every guard rule looks at it",
    "spec.statements[].reason": "why; stands in plans and in `describe`",
    "spec.statements[].until": "AWS itself ends it then: it becomes a condition on `aws:CurrentTime`",
    "spec.statements[].statement":
      "Effect, Action, Resource, Condition; a `Sid` is refused, Grantkeeper gives its own",
    "spec.managedPolicies":
      "to attach: ManagedPolicies of the own namespace, `platform/NAME`, or ARNs of policies that AWS manages",
    "spec.invokedBy": "who may call the function: [callers](grants.md#callers)",
    "spec.undeclaredCallers":
      "`report` (default): other statements of the function's resource policy are listed and left alone; `remove`: they are drift. A public one alerts in both, and one that appears later is removed in both",
    "spec.deletionPolicy":
      "what becomes of the role when this document goes: `retain` (default) or `delete`. What was last applied counts",
  },
  AwsAccount: {
    ...METADATA,
    "spec.id": "quoted: a number is refused, since YAML eats leading zeros",
    "spec.partition": "default `aws`",
    "spec.regions": "where functions are looked for, and where bindings may be",
    "spec.mode": "the account's ceiling; default `observe`",
    "spec.observer": "the role that reads",
    "spec.observer.role": "a role of this account",
    "spec.observer.externalId": "another one for each identity",
    "spec.writer": "the role that writes; required before `enforce`",
    "spec.writer.role": "a role of this account",
    "spec.writer.externalId": "another one for each identity",
    "spec.binder": "the role that sets a function's role; required for `functionRole: manage`",
    "spec.binder.role": "a role of this account",
    "spec.binder.externalId": "another one for each identity",
    "spec.boundary":
      "a ManagedPolicy with `use: boundary`, given to every role that names none; required before `enforce`",
    "spec.boundaries": "further ones that a manifest may choose",
    "spec.functionRole": "the ceiling of the manifests' `functionRole`; default `verify`",
    "spec.tagKeys": "tags that manifests may set; default none",
    "spec.protectedPolicies":
      "attached policies that are never removed, beside AWS's own quarantine ones; default none",
    "spec.limits": "the stricter of this and the operator's file counts",
    "spec.limits.deletes": "how many deletes one revision may make in a namespace here",
    "spec.limits.changedCount": "how many applied bindings it may change, if also over `changedShare`",
    "spec.limits.changedShare": "which share of the namespace's applied bindings here",
    "spec.revert": "when out-of-band changes are taken back",
    "spec.revert.other":
      "how long a harmless addition may stay; default `15m`. Escalation, exposure and what was taken away go at once",
    "spec.propagationWait":
      "how long what was added may take to reach AWS's data planes before what it replaces is removed; default `60s`",
    "spec.deleteQuiet": "how long a role must have been unused before it is deleted; default `24h`",
    "spec.vars": "values for `${account.vars.NAME}`",
    "spec.budgets": "requests a second for this account and each of its regions",
    "spec.budgets.iamRead": "default 10",
    "spec.budgets.iamWrite": "default 5",
    "spec.budgets.lambda": "default 5 of the 15 that AWS gives to all who deploy",
    "spec.budgets.lambdaGetPolicy": "default 10",
  },
  ManagedPolicy: {
    ...TEAM_METADATA,
    "spec.description": "default empty; AWS never changes it once the policy exists",
    "spec.use": "`attach` (default), or `boundary` (platform only): declared and compared, never written",
    "spec.grants": "as in a FunctionPermission; regional resources are full ARNs",
    "spec.statements": "as in a FunctionPermission",
    "spec.statements[].reason": "why",
    "spec.statements[].until": "AWS itself ends it then",
    "spec.statements[].statement": "in IAM's own words, without a `Sid`",
    "spec.document": "the whole document instead of `grants` and `statements`",
    "spec.document.Version": "the only one that is taken",
    "spec.document.Statement": "in IAM's own words, without a `Sid`",
    "spec.deletionPolicy": "what becomes of the policy when nothing names it any more; default `retain`",
  },
  Waiver: {
    ...METADATA,
    "spec.rule": "the id of a [guard rule](guardrails.md)",
    "spec.binding": "the one binding for which it is lifted",
    "spec.reason": "why",
    "spec.owner": "who answers for it",
    "spec.until": "from then on the rule holds again",
  },
};
