import type { Identity } from "../../src/aws/calls/calls.ts";
import { adoptedStatements } from "../../src/aws/own/adopted-roles.ts";
import type { OwnFacts } from "../../src/aws/own/facts.ts";
import { ownPolicy, ownTrust } from "../../src/aws/own/policies.ts";
import { sourceStatements } from "../../src/aws/own/source-access.ts";
import { AWS_CALLS, permissionFor } from "../../src/aws/calls/permissions.ts";
import { laidOut, type Page } from "./page.ts";

const IDENTITIES: readonly (readonly [Identity, string])[] = [
  ["base", "the process itself: it can only become the others"],
  ["observer", "reads"],
  ["writer", "writes roles, policies and invoke permissions; not needed in observe"],
  ["binder", "sets a function's role; only with `functionRole: manage`"],
  ["reader", "reads an organization; only with an AccountSet that observes one"],
];

/** The account of the policies on this page. */
export const EXAMPLE: OwnFacts = {
  partition: "aws",
  accountId: "111122223333",
  instance: "prod",
  baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
  organization: "o-a1b2c3d4e5",
  roles: ["observer", "writer", "binder"].map(
    (name) => `arn:aws:iam::111122223333:role/grantkeeper-system/${name}`,
  ),
  boundaries: ["arn:aws:iam::111122223333:policy/grantkeeper-boundary/platform-default"],
  tagKeys: ["cost-center", "team"],
  attachable: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
  adoptable: [],
  functions: ["arn:aws:lambda:eu-west-1:111122223333:function:orders-*"],
  functionKeys: [],
  formerRoles: [],
  stacks: [],
  parameters: [],
  lookupEvents: false,
  callers: [
    "s3.amazonaws.com",
    "sns.amazonaws.com",
    "events.amazonaws.com",
    "apigateway.amazonaws.com",
    "444455556666",
  ],
  callerAccounts: ["444455556666"],
  protectedPolicies: ["arn:aws:iam::111122223333:policy/security/*"],
};

/** From the table that the code itself uses. */
export const permissionsPage: Page = { path: "docs/aws-permissions.md", text: () => laidOut(text()) };

function text(): string {
  const head = `# AWS permissions of Grantkeeper

Generated from \`src/aws/calls/permissions.ts\` and \`src/aws/own/\` by \`tools/write-docs.ts\`: not edited by hand.

This page lists every call to AWS that Grantkeeper makes, with the permission that it needs. Five identities, each with
only its own; observer, writer and binder exist once in each account, the reader once in each organization, and each is assumed with
its own external id.
In the tables PARTITION, ACCOUNT and ROLE stand for an account's own values. The policies are complete examples, for
account 111122223333 and instance \`prod\`, whose manifests declare functions \`orders-*\` in eu-west-1.
\`grantkeeper bootstrap roles\` prints them with your own values.

They are the narrowest that work. Grantkeeper's own tests create the printed roles in a simulated AWS and evaluate them against every call of complete runs: all calls are
allowed, each action in the policies is needed by one of these calls, and calls that an attacker with stolen credentials would try are
denied. The policies have not been tried on AWS itself.

| Path                                                   | Who writes it                                                      |
| ------------------------------------------------------ | ------------------------------------------------------------------ |
| \`role/grantkeeper/*\`, \`policy/grantkeeper/*\`       | Grantkeeper's writer                                               |
| \`policy/grantkeeper-boundary/*\`                      | your platform's own pipeline; Grantkeeper reads and compares       |
| \`role/grantkeeper-system/*\`, \`policy/grantkeeper-system/*\` | your platform's own pipeline: Grantkeeper's own roles      |

## Create the roles

Declare the identities in each AwsAccount (\`observer\`; \`writer\` for \`mode: enforce\`; \`binder\` for \`functionRole: manage\`), each with an
external id of its own that no one can guess (\`openssl rand -hex 16\`), and the base role in the operator's file:

\`\`\`yaml
bootstrap:
  baseRole: arn:aws:iam::999900001111:role/grantkeeper-base
  organization: o-a1b2c3d4e5 # the trust then requires aws:PrincipalOrgID
  organizationalUnits: [ou-ab12-11111111] # or the root, r-ab12
  deployers: ["arn:aws:iam::*:role/stacksets-exec-*"] # who may change the roles afterwards
\`\`\`

\`\`\`sh
grantkeeper bootstrap roles --account prod > prod.json             # a template of CloudFormation for one account
grantkeeper bootstrap roles --organization > stack-sets.json       # stack sets for all accounts, for the administrator account
grantkeeper bootstrap roles --organization --format terraform > grantkeeper.tf.json
grantkeeper bootstrap roles --organization --format json           # everything, with the policy of the base role
\`\`\`

- The policies follow from the platform's documents, never from a team's manifest: regions, boundaries, tag keys, the fences of
  the AwsAccount (\`callerAccounts\`, \`organizations\`, \`attachablePolicies\`) and, if there are Teams, their function patterns. Print and
  deploy them again after a change of these. One exception: a caller that is written as a statement may add an AWS service to
  \`AddInvokePermission\`.
- An AccountSet that observes an organization needs two more kinds of roles, which \`--organization\` prints too: the
  [reader](#reader-reads-an-organization-only-with-an-accountset-that-observes-one) in the management account or that of a delegated administrator, and the observer in each
  account that is found. One stack set with automatic deployment creates the observers in the units of the set, or in
  \`bootstrap.organizationalUnits\`: new accounts get one by themselves, and accounts that leave lose it. Declared accounts have their own.
  The stack creates the reader itself if it is deployed in the reader's account, and otherwise by a stack set. In \`--format json\`,
  000000000000 is in place of the id of each found account. \`--account ID\` prints the observer of one account that a set observes.
- Every AWS service of the catalogue of callers is in \`AddInvokePermission\`: if a service were missing, the first function that uses
  it would stop this call for the complete account.
- A policy of more than 10,240 characters, which AWS refuses as an inline policy, is printed as customer managed policies below
  \`grantkeeper-system/\` (\`writer-1\`, \`writer-2\` …) of at most 6,144 characters each. They are divided between statements; only a
  statement that is longer is divided by its list of resources. Ten can be attached to a role: with more, give Teams one prefix each.
- A source in AWS CodeCommit adds a statement to the policy of the base role: [CodeCommit](operating.md#aws-codecommit).
- The policy of the base role lists the ARN of each role. Over 6,144 characters, at some forty accounts with observer and writer, it names the
  roles by a pattern and their accounts by \`aws:ResourceAccount\`: it allows the same, a writer only in accounts that declare one.
  Observers of found accounts are always a pattern, with \`aws:ResourceOrgID\` if \`bootstrap.organization\` is set. AWS has both keys in
  requests of AssumeRole and TagSession.
- Nothing is generated: the same input prints the same bytes, and a change shows in the diff of your pipeline.
- An organization of any size: with \`--out FOLDER\` the same is written in files that are deployed apart. \`--format
  cloudformation\`: \`accounts/NAME.json\`, a template for each account, and \`organization.json\`. \`--format terraform\`:
  a module with the default provider in \`accounts/NAME/\`, and one in \`organization/\`. A change of one account changes one file.
  Deploy the organization last: its service control policy could stop what creates the roles. Stack sets: \`--stacks 10\` divides them
  between ten templates, \`accounts-01-of-10.json\` …, by the account's id alone. One template of CloudFormation may have 1 MB, at some
  70 accounts. Choose the number once, large enough for accounts to come: another number moves stack sets to other stacks, and a stack that no longer has a stack
  set deletes its roles. An account may have 1,000 stack sets unless AWS raises the quota. A template over 51,200 bytes is
  deployed from a bucket (\`aws cloudformation deploy --s3-bucket\`).
- If a delegated administrator deploys the stack sets, set \`bootstrap.callAs: DELEGATED_ADMIN\`. It may create the service control
  policy only if a [delegation policy](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html) of the
  organization allows it; otherwise deploy \`organization.json\` in the management account.
- The boundaries remain if the stack is deleted. The roles need \`CAPABILITY_NAMED_IAM\`.
- Stack sets with permissions of AWS Organizations create nothing in the management account: use \`--account\` there.
- The service control policy lets only \`deployers\` change the roles, the policies below \`grantkeeper-boundary/\` and
  \`grantkeeper-system/\`, and only writers set the ownership tags. It does not apply to the management account. If it is active, run
  deployments as one of the \`deployers\`.
- In Terraform an organization is a module: it needs a provider for each account (\`aws.account_NAME\`, with \`__\` for a dot), for the base role
  (\`aws.grantkeeper_base\`), for the account of each reader (\`aws.reader_SET\`) and for the management account (\`aws.organization\`).

\`grantkeeper doctor\` (with \`--account NAME\`: of one account) compares the installed roles with these, by meaning: the trust, each
statement that is needed, and each statement that allows more than needed, in inline and attached policies and within a boundary. A
call that AWS would refuse is a failed check; a missing Deny, or more than needed, is a warning. Both print the statement to add, to
replace or to remove. Statements may be named and divided in another way. doctor reads the roles with the observer and makes no write call.

doctor evaluates every call of observer, writer and binder by the service control policies of the root, of each unit and of the account,
on an example and on each object that manifests declare: a Deny of any level denies, and each level has to allow. A denied call is a failed
check with the policy, its statement and the condition that excludes the role. A test of a key that is not known before the call, such as
\`aws:PrincipalTag/KEY\` or \`aws:SourceIp\`, makes it a warning: may deny. So does a denied DeleteRole or DeletePolicy. They are read with the readers
of AccountSets, whose policy has FindUnitsOfAccounts, FindServiceControl and ReadServiceControl for this alone. Where no reader can read
them the check is not done, and shows why. The account of the base role, resource control policies and the policies of VPC endpoints are not read: of these, only denied
calls are seen.

Observer, writer, binder and reader trust only the base role, each with its own external id. Without \`bootstrap.organization\` the
condition \`aws:PrincipalOrgID\` is left out.

\`\`\`json
${policyText(ownTrust(EXAMPLE, "gk-prod-observer-7f3c"))}
\`\`\`

- Each session of the writer or the binder carries a session policy with the one object that it writes: a role by its name, a
  policy, or a function with its qualifiers; for the binder also the role that the function gets, and the keys of that region. A write
  of another object is denied, even if the policy of the role allows it. AssumeRole accepts the policy without a permission of its own.
  With \`state.database\` it also denies everything from [shortly before the end of the lease](postgresql.md#one-controller-at-a-time).
- Sessions of the writer and the binder have two session tags, \`gk-binding\` and \`gk-change\`, so that CloudTrail's AssumeRole event
  shows which binding and commit they are for. TagSession has a statement of its own in the trust policy, because AWS lists
  neither \`sts:ExternalId\` nor \`sts:RoleSessionName\` for it. If the trust policy or the base's policy does not allow it,
  Grantkeeper works without tags: it warns once, and tries again after a day or a restart. \`grantkeeper doctor\` warns too.
- AWS limits the size of a session policy together with session tags, and counts transitive tags that the base role passes on.
  EKS Pod Identity adds such tags: disable the session tags of the association (\`disableSessionTags\`). Otherwise AssumeRole can fail
  with PackedPolicyTooLarge, or because the trust policies allow only Grantkeeper's own tags. If only its own tags are too much,
  Grantkeeper leaves them out; it never leaves out the session policy, which has one object and can't be shorter. \`grantkeeper doctor\`
  opens the longest session that a pass may need, and shows how much of the limit it takes.
- The policies of observer, writer and binder end with an explicit Deny (Fence): inside one account the policy of a function or the
  trust of a role can allow a caller without a permission of its own, so a writer without this Deny could name itself there.
- \`iam:PermissionsBoundary\` is the new boundary in CreateRole and PutRolePermissionsBoundary, and the
  current boundary in the other calls: if a boundary was removed, only restoring it is allowed.
- TagAsOurs allows objects with the instance tag of this installation, or without one: creation and the repair of a
  removed tag need that, and AWS has no condition key that distinguishes them. It never replaces the tag of another instance. An attacker with the writer's
  credentials can therefore take over a role below \`role/grantkeeper/\` without an instance tag: keep other roles out
  of that path.
- iam:PassRole has no condition key that distinguishes roles of two instances. If several instances share an account,
  give each binder its own list of functions.
- AddRolesOfAccounts is a statement of its own: in \`StringLike\` the principal \`*\` of an organization's callers would match everyone.
- UntagOwned allows any key except the ownership tags: a removed tag is one that Git does not declare.
- ReleaseOwned removes the ownership tags of a role for \`mode: release\`. Without it, a release fails and the rest works.
- RemoveInvokePermission has no condition on the principal, because public access must be removable. Omit
  \`iam:DeleteRole\` and \`iam:DeletePolicy\` if nothing is ever deleted.
- If a manifest with a waiver opens a function URL to everyone, NeverPublicUrl still refuses it.

\`grantkeeper doctor --worst-case\` shows what the holder of each identity could do at most with these policies and the
values of your manifests: become another principal, pass a role, change code, tag a role as ours, and so on, each with the
statements that allow or deny it. It needs no AWS. With \`--account NAME\` it evaluates the policies that are installed in
this account, attached policies and boundaries included. \`cannot\` is certain for these policies; \`can only\` may be too
pessimistic; a policy that was not read makes the answer unknown. For writer and binder it has two answers: what the holder of the role
can do, and what one session of Grantkeeper can do, whose session policy names one object. Service control policies are not evaluated.
`;
  const sections = IDENTITIES.flatMap(([identity, purpose]) => [
    section(identity, purpose),
    ...(identity === "base" ? [withQueue()] : []),
    ...(identity === "observer" ? [withReferences(), withLookups()] : []),
    ...(identity === "writer" ? [withAdoptable()] : []),
    ...(identity === "binder" ? [withKeys(), withFormerRoles()] : []),
  ]);
  return [head, ...sections].join("\n");
}

const QUEUES = "arn:aws:sqs:eu-west-1:999900001111";

/** The statements that are added to the policy above. */
function withQueue(): string {
  const queue = `${QUEUES}:grantkeeper-pushes`;
  const access = [{ kind: "queue", arn: queue, repository: "permissions" }] as const;
  const changes = [{ kind: "change-queue", arn: `${QUEUES}:grantkeeper-changes` }] as const;
  return `### Option: a queue of pushes to CodeCommit

Only if a source has \`codecommit.queueUrl\`: [pushes to CodeCommit](operating.md#pushes-to-codecommit). The queue of another
account has to allow it too.

\`\`\`json
${policyText(sourceStatements(access, EXAMPLE.baseRole))}
\`\`\`

### Option: queues of change events

Only with \`changeEvents\`: [change events](operating.md#change-events). The queue of another account has to allow it too.

\`\`\`json
${policyText(sourceStatements(changes, EXAMPLE.baseRole))}
\`\`\`
`;
}

/** The statements that an observer has where manifests name values of AWS. */
function withReferences(): string {
  const facts = {
    ...EXAMPLE,
    stacks: ["arn:aws:cloudformation:*:111122223333:stack/orders-*/*"],
    parameters: ["arn:aws:ssm:*:111122223333:parameter/orders/*"],
  };
  const sids = ["ReadOutputs", "ReadParameters", "Fence"];
  return `### Option: stack outputs and parameters in manifests

If manifests may name [values from AWS](manifests.md#values-from-aws), \`bootstrap roles\` adds ReadOutputs and
ReadParameters with exactly the stacks and parameters of the Teams, and Fence has their calls too. Without Teams, these are the
ones that manifests name.

\`\`\`json
${policyText(ownPolicy("observer", facts).filter(({ Sid }) => sids.includes(Sid)))}
\`\`\`
`;
}

/** The statements that an observer has with `aws.lookupEvents`. */
function withLookups(): string {
  const statements = ownPolicy("observer", { ...EXAMPLE, lookupEvents: true });
  const changed = statements.filter(({ Sid }) => ["EventHistory", "Fence"].includes(Sid));
  return `### Option: who made a difference

With \`aws.lookupEvents\` in the operator's file, CloudTrail is asked who made a difference that no event explains:
[LookupEvents](operating.md#lookupevents). \`bootstrap roles\` then adds EventHistory, and Fence has the call too. AWS supports no
resource and no condition for it, so that an attacker with the observer's credentials can read the event history of the account.

\`\`\`json
${policyText(changed)}
\`\`\`
`;
}

/** A customer managed key of the example's account. */
export const EXAMPLE_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** The statements that differ from the binder's policy above. */
function withKeys(): string {
  const statements = ownPolicy("binder", { ...EXAMPLE, functionKeys: [EXAMPLE_KEY] });
  const changed = statements.filter(({ Sid }) => ["KeysOfFunctions", "Fence"].includes(Sid));
  return `### Option: functions with a customer managed key

If a customer managed key encrypts a function's environment variables, Lambda gives the function's role a grant on that
key, with the permissions of the caller. Without them a role switch fails with AccessDenied. Add KeysOfFunctions with the
ARNs of these keys, and replace Fence. The key policy must also allow it: either the binder itself, or IAM policies of the
account. The binder does not need \`kms:Decrypt\`.
See [Securing Lambda environment variables](https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html).

\`\`\`json
${policyText(changed)}
\`\`\`
`;
}

/** The statement that the binder needs for the undo of a switch. */
function withFormerRoles(): string {
  const facts = { ...EXAMPLE, formerRoles: ["arn:aws:iam::111122223333:role/orders-shared"] };
  const added = ownPolicy("binder", facts).filter(({ Sid }) => Sid === "PassFormerRolesToLambda");
  return `### Option: the undo of a switch

Without this statement, AWS denies the binder to set the former role of a function again, and
[\`adopt --undo\`](adoption.md#undo) fails with AccessDenied. List the former roles by account in
[\`bootstrap.formerRoles\`](operating.md#grantkeeperyaml) before functions are switched, and remove them when no function needs to
go back. An attacker with the binder's credentials can give any of its functions one of these roles.

\`\`\`json
${policyText(added)}
\`\`\`
`;
}

/** The statements that an account with `adoptableRoles` has in addition. */
function withAdoptable(): string {
  const facts = { ...EXAMPLE, adoptable: ["arn:aws:iam::111122223333:role/service-role/orders-report"] };
  const stacks = ownPolicy("observer", facts).filter(({ Sid }) => ["StacksOfRoles", "Fence"].includes(Sid));
  return `### Take over in place

If an account lists [\`adoptableRoles\`](adoption.md#take-over-in-place), \`bootstrap roles\` names each of them in the
writer's policy by its ARN, and \`doctor\` compares them. They are outside its path, so only the ownership tag
distinguishes a role that was taken over. Until then, adding both ownership tags is all that the writer may do to it. It
can never create or delete one. If the writer is stolen, it can tag each listed role, and then grant it anything inside the
boundary: list a role shortly before it is taken over.

\`\`\`json
${policyText(adoptedStatements(facts))}
\`\`\`

The observer reads which stack owns such a role. A role that a stack owns, or may own, is not taken over. Add StacksOfRoles, and
replace Fence.

\`\`\`json
${policyText(stacks)}
\`\`\`
`;
}

function section(identity: Identity, purpose: string): string {
  const calls = AWS_CALLS.filter((call) => permissionFor(call).identity === identity);
  const rows = calls.map((call) => {
    const { also, resource, why } = permissionFor(call);
    const besides = also.map((each) => `${each.action} on \`${each.resource}\``).join(", ");
    return `| ${call} | \`${resource}\` | ${besides === "" ? "" : besides} | ${why} |`;
  });
  return `## ${identity}: ${purpose}

| Call and permission | On | Besides | Why |
| --- | --- | --- | --- |
${rows.join("\n")}

\`\`\`json
${policyText(ownPolicy(identity, EXAMPLE))}
\`\`\`
`;
}

function policyText(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2);
}
