import type { Kind } from "../schema/document.ts";

const METADATA = {
  "metadata.name": "the object's name",
  "metadata.labels": "for selectors: `grantkeeper get fp -l tier=1`",
  "metadata.annotations": "notes for readers; a GuardrailProfile may require some",
};

const TEAM_METADATA = {
  ...METADATA,
  "metadata.namespace": "the team; optional, must match the folder",
};

const TEMPLATE_USES = {
  "spec.templates":
    "permissions from [GrantTemplates](#granttemplate) of the platform, up to 20 uses. The guard rules and fences judge them like written ones",
  "spec.templates[].template": "the name of a GrantTemplate",
  "spec.templates[].version":
    "required: the version. A new version changes the permissions here only when this number changes",
  "spec.templates[].parameters":
    "a value for each parameter without a default: visible ASCII characters without `$`, `*`, `?`, `{`, `}`, and without variables",
  "spec.templates[].until":
    "the end of all these permissions, enforced by AWS. If an entry of the template ends earlier, that counts",
  "spec.templates[].reason": "the reason, instead of the reasons in the template",
};

/** The meaning and default of each field. In Markdown, with links from the pages in docs/. A test fails if a field is missing here. */
export const MEANINGS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  FunctionPermission: {
    ...TEAM_METADATA,
    "spec.function":
      "the function, which another tool deploys; it may not exist yet. Default: the object's name",
    "spec.targets": "accounts and regions; one binding for each pair",
    "spec.targets[].accounts": "names of AwsAccounts",
    "spec.targets[].regions": "regions of these accounts",
    "spec.mode":
      "default `enforce`; what counts is the most cautious of process, account and manifest, and process and account default to `observe`. `release`: [Grantkeeper gives the function up](adoption.md#release)",
    "spec.role": "the function's role; each of its fields has a default",
    "spec.role.name":
      "default `${function}-${region}`; a name over 64 characters is cut to 55, plus `-` and 8 hex digits of its SHA-256",
    "spec.role.path":
      "default `/grantkeeper/`, and below it; with `adopt: reviewed`, the path that the role has. It can never change",
    "spec.role.boundary": "one of the account's `boundaries`; default the account's `boundary`",
    "spec.role.adopt":
      "default `never`. `reviewed`: the role exists and is [taken over in place](adoption.md#take-over-in-place); the account must list it in `adoptableRoles`",
    "spec.role.tags":
      "only keys from the account's `tagKeys`, because tags of a role can grant permissions (`aws:PrincipalTag`)",
    "spec.role.description": "default empty",
    "spec.role.maxSessionDuration": "default `1h`; without effect on the function itself",
    "spec.functionRole":
      "`verify` (default): another role on the function is drift, shown with the line for its deployer; `manage`: Grantkeeper sets it through the binder, if the account has `manage` too",
    "spec.logs": "`false` removes the default grant to write logs",
    "spec.logs.group": "default `/aws/lambda/${function}`",
    "spec.logs.groupPrefix":
      "all log groups with this prefix instead of one group, as the Serverless Framework allows it. The name of the function begins with the same service and stage. Wider than needed: [RES-004](rules/RES-004.md)",
    "spec.logs.create": "default `true`: the function may create the group, or the groups",
    "spec.logs.tag": "default `false`; `true` with `groupPrefix`: the function may tag the groups",
    "spec.tracing": "default `false`; `true` allows the function to send traces to X-Ray",
    "spec.vpc": "default `false`; `true` for a function in a VPC: Lambda may manage its network interfaces",
    "spec.isolation":
      "default `none`; `pinned`: only the code of this function can use its grants, by a condition on `lambda:SourceFunctionArn`. Credentials that were copied out of it, or that came from `sts:AssumeRole`, cannot. Not added where a service acts for the function (event source mappings, dead-letter queues and destinations by `dlq`, EFS, `kms` decrypt, keys by `kmsKey`, logs, X-Ray, VPC), nor to `statements` and `managedPolicies`",
    "spec.grants": "the permissions of the function: [grants](grants.md#grants)",
    "spec.statements": "permissions without a grant, as IAM statements; every guard rule checks them",
    "spec.statements[].reason": "the reason, shown in `describe`",
    "spec.statements[].until":
      "the end of the permission, enforced by AWS with a condition on `aws:CurrentTime`",
    "spec.statements[].statement":
      "Effect, Action, Resource, Condition; a `Sid` is refused, because Grantkeeper sets it",
    ...TEMPLATE_USES,
    "spec.managedPolicies":
      "policies to attach: ManagedPolicies of the same namespace, `platform/NAME`, or ARNs of AWS-managed policies",
    "spec.invokedBy": "the callers that may invoke the function: [callers](grants.md#callers)",
    "spec.dependsOn":
      "functions that come first: by `metadata.name`, of the same namespace, and declared in each account and region of `targets`. A change from Git waits until all of them are in sync: [one function after another](operating.md#one-function-after-another)",
    "spec.undeclaredCallers":
      "`report` (default): other statements of the function's resource policy are listed and not changed; `remove`: they are drift. In both cases a public statement raises an alert, and one that appears later is removed. `remove` is not carried out while the policy has a statement that no manifest can declare, such as a Deny or another condition: it is named, and the function's other undeclared callers are kept",
    "spec.deletionPolicy":
      "whether the role is kept when this document is removed: `retain` (default) or `delete`. The last applied value counts. Also whether Grantkeeper's statements are kept on a function that the document no longer names",
  },
  AwsAccount: {
    ...METADATA,
    "spec.id": "quoted; a number is refused, because YAML drops leading zeros",
    "spec.partition": "default `aws`",
    "spec.regions": "the regions that are read, and in which bindings are allowed",
    "spec.mode": "the maximum mode of the account; default `observe`",
    "spec.observer": "the role that reads",
    "spec.observer.role": "a role of this account",
    "spec.observer.externalId": "a different value for each identity",
    "spec.writer": "the role that writes; required before `enforce`",
    "spec.writer.role": "a role of this account",
    "spec.writer.externalId": "a different value for each identity",
    "spec.binder": "the role that sets a function's role; required for `functionRole: manage`",
    "spec.binder.role": "a role of this account",
    "spec.binder.externalId": "a different value for each identity",
    "spec.boundary":
      "a ManagedPolicy with `use: boundary`, the default boundary of every role; required before `enforce`",
    "spec.boundaries":
      "further boundaries that a manifest may choose: a name for every namespace, or `{name, namespaces}` for some",
    "spec.boundaries[].name": "a ManagedPolicy with `use: boundary`",
    "spec.boundaries[].namespaces": "only these may choose it; others are refused by BND-001",
    "spec.callerAccounts":
      "other accounts that may call functions, or own the source that does; default none (INV-004)",
    "spec.organizations": "organizations whose principals may call functions; default none (INV-004)",
    "spec.resourceAccounts":
      "other accounts whose resources grants and statements may name; default none (RES-005)",
    "spec.attachablePolicies":
      "the AWS-managed policies that a role may have; default the policies of AWS for functions: basic, VPC, X-Ray, SQS, Kinesis and DynamoDB (ATT-001). `[]` allows none",
    "spec.functionRole": "the maximum for `functionRole` in manifests; default `verify`",
    "spec.tagKeys": "tag keys that manifests may set; default none",
    "spec.adoptableRoles":
      "ARNs of the roles that manifests may [take over in place](adoption.md#take-over-in-place), at most 60; default none",
    "spec.assumableRoles":
      "roles that functions may assume (`sts:AssumeRole`), of any account; default none. Never the roles of Grantkeeper or of functions",
    "spec.passableRoles": "the same for roles that functions may pass to a service (`iam:PassRole`)",
    "spec.controllableResources":
      "named resources of others in which functions may run code, or which they may change or delete; default none (ESC-…, EXP-001, TMP-001). A function's own and those of its Team need no entry",
    "spec.requireSourceAccount":
      "the trust of every role of a function names this account as `aws:SourceAccount` (TRU-004); default `false`. Read the rule's page before you set it for functions in a VPC",
    "spec.protectedPolicies":
      "attached policies that are never detached, in addition to AWS's quarantine policies; default none",
    "spec.limits": "the stricter value of this and of the operator's file counts",
    "spec.limits.deletes": "the deletes that one revision may make in a namespace of this account",
    "spec.limits.changedCount":
      "the applied bindings that it may change; only counts if `changedShare` is exceeded too",
    "spec.limits.changedShare": "the share of the namespace's applied bindings in this account",
    "spec.revert": "when out-of-band changes are reverted",
    "spec.revert.other":
      "the delay before a harmless addition is reverted; default `15m`. Escalation, exposure and removed permissions are reverted immediately",
    "spec.propagationWait":
      "the wait for an addition to propagate in AWS before the permission that it replaces is removed; default `60s`",
    "spec.deleteQuiet": "the time that a role must be unused before it is deleted; default `24h`",
    "spec.adoption": "how functions move to their declared roles: [waves](adoption.md#waves)",
    "spec.adoption.waveInterval":
      "how long the functions of a wave are watched on their new roles before the next wave opens; default `24h`",
    "spec.vars": "values for `${account.vars.NAME}`",
    "spec.budgets": "requests per second for this account and each of its regions",
    "spec.budgets.iamRead": "default 10",
    "spec.budgets.iamWrite": "default 5",
    "spec.budgets.lambda": "default 5 of the 15 that AWS allows in total, shared with all deployments",
    "spec.budgets.lambdaGetPolicy": "default 10",
  },
  AccountSet: {
    ...METADATA,
    "spec.accounts": "accounts to declare, each as an AwsAccount made from the template",
    "spec.accounts[].name": "the name of the AwsAccount",
    "spec.accounts[].id": "quoted, as in an AwsAccount",
    "spec.accounts[].mode": "as in an AwsAccount; default `observe`",
    "spec.accounts[].vars": "values for `${account.vars.NAME}`, in addition to those of the template",
    "spec.organization":
      "observes the active accounts of an AWS organization, also those that join it later. They have no mode: nothing can be declared or written in them until a manifest names them",
    "spec.organization.reader": "the role that lists the accounts",
    "spec.organization.reader.role": "a role of the management account, or of a delegated administrator",
    "spec.organization.reader.externalId": "a different value for each identity",
    "spec.organization.units":
      "organizational units (or the root) whose accounts count, with all units below; default the entire organization",
    "spec.organization.tags": "tags of the account in the organization; an account needs all of them",
    "spec.organization.except": "accounts that are left out",
    "spec.template":
      "what the accounts have in common. `${account.id}` is replaced by the id of each, in the ARNs of its roles for example",
  },
  ManagedPolicy: {
    ...TEAM_METADATA,
    "spec.description": "default empty; AWS cannot change it after the policy is created",
    "spec.use": "`attach` (default), or `boundary` (platform only): declared and compared, never written",
    "spec.grants": "as in a FunctionPermission; regional resources are full ARNs",
    "spec.statements": "as in a FunctionPermission",
    "spec.statements[].reason": "the reason",
    "spec.statements[].until": "the end of the permission, enforced by AWS",
    "spec.statements[].statement": "an IAM statement without a `Sid`",
    ...TEMPLATE_USES,
    "spec.document": "the complete document, instead of `grants`, `statements` and `templates`",
    "spec.document.Version": "the only accepted version",
    "spec.document.Statement": "an IAM statement without a `Sid`",
    "spec.deletionPolicy": "whether the policy is kept when no manifest names it any more; default `retain`",
  },
  Team: {
    ...METADATA,
    "metadata.name": "the namespace: the name of the team's folder",
    "spec.accounts": 'names of the AwsAccounts in which it may have functions; `["*"]` for all',
    "spec.functions":
      "names of its functions, exact or with one `*` at the end; in one account, those of two Teams may not overlap",
    "spec.resources":
      "names of the resources that its statements may use: [resources of a team](guardrails.md#resources-of-a-team); default: only its own functions and their log groups",
    "spec.grants": "by grant, the verbs that it may use, and with them their single actions; default all",
    "spec.statements":
      "whether it may write statements, policy documents and callers in IAM syntax; default `true` without `grants`, else `false`",
    "spec.boundaries": "boundaries that its roles may have besides the account's default",
    "spec.limits": "the strictest value of this, of the account and of the operator's file counts",
    "spec.limits.deletes": "the deletes that one revision may make in an account",
    "spec.limits.changedCount":
      "the applied bindings that it may change in an account; only counts if `changedShare` is exceeded too",
    "spec.limits.changedShare": "the share of the team's applied bindings in the account",
    "spec.profile":
      "a GuardrailProfile, or one that is built in (`agents`, `baseline`, `strict`): it applies to the namespace besides all that select it",
    "spec.alerts":
      "names of [alert routes](operating.md#alerts) of the operator's file that get the alerts of the namespace too",
    "spec.references":
      "the [values in AWS](#values-from-aws) that its manifests may name, without `${` and `}`: `stack.orders-*`, `ssm./orders/*`; default none",
    "spec.shares": "resources of this team that another team may use",
    "spec.shares[].with": "the other team",
    "spec.shares[].resources": "a part of `spec.resources`",
    "spec.shares[].grants":
      "by grant, the only verbs that may use them; default: what the other team may write",
  },
  Waiver: {
    ...METADATA,
    "spec.rule": "the id of a [guard rule](guardrails.md)",
    "spec.binding": "the binding for which the rule is waived",
    "spec.reason": "the reason",
    "spec.owner": "the person or team that is responsible",
    "spec.until": "the end of the waiver; then the rule applies again",
  },
  Exclusion: {
    ...METADATA,
    "spec.functions": "names of functions in AWS, or prefixes",
    "spec.accounts":
      "only in these accounts; default: in every one. Accounts that an AccountSet found are written by id",
    "spec.regions": "only in these regions; default: in every one",
    "spec.reason": "why no manifest declares them",
    "spec.owner": "the person or team that is responsible",
    "spec.until": "the end, at most 366 days from now; then the functions are uncovered again",
  },
  GuardrailProfile: {
    ...METADATA,
    "spec.base":
      "a built-in profile that this one extends: `baseline` (default, the defaults of the rules), `strict` or `agents`. Of both, the stricter counts",
    "spec.agent":
      "`true`: the profile applies only to changes that an assistant made or whose author is unknown (AI-001), and without `approval` everyone who may approve can approve their new access. `base: agents` sets it",
    "spec.selector":
      "the functions and ManagedPolicies that the profile applies to; every field must match. Default: all",
    "spec.selector.namespaces": "teams; default all, `[]` for none but the Teams that name the profile",
    "spec.selector.accounts": "names of AwsAccounts; default all",
    "spec.selector.labels":
      "the document has each of these labels with this value. A team sets its own labels: use namespaces and accounts for what a team must not avoid",
    "spec.rules":
      "by id of a rule: `block`, `warn` or `off`. `ESC-*` is every escalation path. Of several profiles the strictest counts; a rule that no profile names has its default",
    "spec.unwaivable": "rules that no waiver lifts here",
    "spec.maxUntil":
      "the maximum time from now to the `until` of a grant or statement, as a number of hours or days: `12h`, `90d`",
    "spec.requiredAnnotations": "annotations that every document of a team must have, such as `owner`",
    "spec.approval": "changes that are held until an operator approves them; default none",
    "spec.approval.for": "`new-access`: a change that grants something new",
    "spec.approval.preapproved":
      "by grant, the verbs that need no approval on resources of the namespace's Team; default none",
    "spec.approval.group":
      "a group of `approvers` in the [operator's file](operating.md#grantkeeperyaml): only its members may approve. Default: everyone who may approve",
  },
  GrantTemplate: {
    ...METADATA,
    "spec.version":
      "a whole number; a version is one document, and several versions of a name may exist at the same time",
    "spec.description": "what the template is for",
    "spec.parameters":
      "by name (a lower-case letter, then letters and digits); a text of the template contains a value as `${param.NAME}`",
    "spec.parameters.KEY.type": "`text`, the only type and the default",
    "spec.parameters.KEY.pattern":
      "for the complete value: characters, classes such as `[a-z0-9-]`, `\\d`, `\\w`, and repetitions, of which two may be open; no groups, no alternatives. Default: letters, digits, `_`, `.` and `-`. A value with a colon can only be a complete text",
    "spec.parameters.KEY.default": "a parameter without a default is required",
    "spec.parameters.KEY.description": "shown if the value is missing",
    "spec.grants": "as in a FunctionPermission, up to 50: [grants](grants.md#grants)",
    "spec.statements": "as in a FunctionPermission, up to 50",
    "spec.statements[].reason": "the reason, unless the use has one; it contains no parameters",
    "spec.statements[].until": "the end of the permission. If the use ends earlier, that counts",
    "spec.statements[].statement": "Effect, Action, Resource, Condition, checked after substitution",
  },
  ChangeWindow: {
    ...METADATA,
    "spec.accounts": 'names of the accounts whose changes from Git wait; `["*"]` for all',
    "spec.namespaces": "only the functions and ManagedPolicies of these namespaces; default: of all",
    "spec.zone":
      "the time zone of `at`, required with `opens`: a name of the IANA database, such as `Europe/Berlin`, or `UTC`",
    "spec.opens":
      "when changes are written, every week. If several windows apply, changes are written while any of them is open. A window has `opens`, `after`, or both",
    "spec.opens[].days": "the days on which it opens",
    "spec.opens[].at":
      "the local time at which it opens, as hours and minutes. If a clock change repeats the time, the first occurrence counts; if it skips the time, the window opens later by the length of the skip",
    "spec.opens[].for": "how long it is open, in elapsed time",
    "spec.overrun":
      "how long a change that has begun may go on after the window has closed; default `10m`. After that the function returns to its last applied state; a creation or a removal that has begun goes on in the next window",
    "spec.after":
      "other accounts that come before: a change waits until its namespace is verified in each of them. Without `opens`, changes are then written at any time",
    "spec.after.accounts":
      "the accounts that come before. A window may not wait for one of its own accounts, neither directly nor through other windows",
    "spec.after.verifiedFor":
      "how long the namespace must match Git there, without another change, a revert or a newly denied call, until a complete read of the account",
  },
};
