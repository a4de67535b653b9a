import type { ImportedFunction, ImportOutcome } from "../../../src/adopt/manifests/plan-import.ts";
import type { ImportNote } from "../../../src/adopt/manifests/notes.ts";
import type { Situation } from "../../../src/simulator/estate/situations.ts";

/** A function that got a manifest. */
export interface ImportedSituation extends Omit<ImportedFunction, "outcome"> {
  readonly outcome: Extract<ImportOutcome, { readonly kind: "written" }>;
  /** Of its manifest and of the policies that it attaches. */
  readonly text: string;
}

type Fact = (imported: ImportedSituation) => boolean;

/** What the import shows of a situation, also where the function is in another one. Functions of the other two get no manifest. */
export const SITUATION_FACTS: Readonly<Record<Exclude<Situation, "edge" | "policy-unreadable">, Fact>> = {
  "shared-role": noted("shared", /12 deployments must name it/),
  "three-policy-kinds": (one) =>
    declares(/managedPolicies:[^]*policy\/AmazonS3ReadOnlyAccess"/)(one) &&
    (one.outcome.draft.role.attachments.some((arn) => arn.endsWith("-extra")) || declares(/-extra/)(one)),
  administrator: (one) =>
    noted("admin", /attaches AdministratorAccess/)(one) && declares(/policy\/AdministratorAccess"/)(one),
  "trust-names-account": (one) =>
    noted("foreign-trust", /777788889999.*aws cloudtrail lookup-events/)(one) &&
    (one.outcome.difference?.trust.noLongerAllowed.length ?? 0) > 0,
  "service-role-path": ({ roleSwitch }) =>
    roleSwitch?.from.includes(":role/service-role/") === true &&
    roleSwitch.line?.text.startsWith("Configuration, Permissions") === true,
  "console-logs-policy": (one) =>
    declares(/ {2}logs: false\n/)(one) && declares(/from policy AWSLambdaBasicExecutionRole-/)(one),
  "cdk-names": (one) => line(/mutable: false/)(one) && isNamedAfterLogicalId(one),
  sam: (one) =>
    line(/Role: arn:.*, and no Policies$/)(one) &&
    (!hasCaller(one, /GET\/status/) || declares(/- apigateway: \{[^}]*path: \/status/)(one)),
  serverless: (one) =>
    line(/^role: arn:.* of the function$/)(one) && one.outcome.draft.role.name.endsWith("-lambdaRole"),
  "terraform-for-each": ({ roleSwitch }) =>
    /^aws_lambda_function\.\w+\[".+"\]: role = /.test(roleSwitch?.line?.text ?? "") &&
    /terraform state rm 'aws_iam_role\.\w+\[".+"\]'/.test(roleSwitch?.commands?.join() ?? ""),
  "alias-on-old-role": noted(
    "published-versions",
    /-v1: it keeps that role until a new version is published/,
  ),
  "container-image": ({ found }) =>
    found.code.kind === "known" && found.code.value.kind === "container-image",
  vpc: (one) => one.found.needs.vpc && declares(/ vpc: true|AWSLambdaVPCAccessExecutionRole"/)(one),
  destinations: (one) => !declares(/-dead\b/)(one) && declares(/-failed\b/)(one),
  "cross-account-caller": declares(/- account: \{ id: "777788889999" \}/),
  "api-gateway-console-sid": (one) =>
    (one.text.match(/- apigateway: \{[^}]*path: \/orders/g) ?? []).length >= 2,
  "s3-without-source-account": noted("undeclared-caller", /"s3-uploads"( of live)? is not declared/),
  "event-rule-wildcard": noted(
    "undeclared-caller",
    /"all-rules".*rule\/\* \(INV-005\); to declare the rules of .*: invokedBy: \[\{ events: \{ rule: call-[^,]+, bus: acme-orders \}(, qualifier: \w+)? \}, \{ events: \{ rule: call-\S+ \}(, qualifier: \w+)? \}\];/,
  ),
  "dangling-principal": (one) =>
    noted("deleted-principal", /AROA\w+, which was deleted.*remove-permission/)(one) &&
    !declares(/AROA/)(one),
  "longest-name": ({ found, roleSwitch }) =>
    found.name.length === 64 && (roleSwitch?.to.split("/").at(-1) ?? "").length <= 64,
  "quota-size-policy": declares(/history-events-0000/),
  "not-action": declares(/NotAction: \[/),
  "extra-condition": declares(/aws:RequestedRegion/),
  "foreign-boundary": ({ outcome }) => outcome.difference !== null,
};

function noted(kind: ImportNote["kind"], text: RegExp): Fact {
  return ({ outcome }) =>
    outcome.notes.some(
      (note) => note.kind === kind && text.test([note.text, ...(note.commands ?? [])].join(" ")),
    );
}

function declares(part: RegExp): Fact {
  return ({ text }) => part.test(text);
}

function line(text: RegExp): Fact {
  return ({ roleSwitch }) => text.test(roleSwitch?.line?.text ?? "");
}

/** In the resource policy of the function itself. */
function hasCaller({ found }: ImportedSituation, source: RegExp): boolean {
  const policy = found.policies.get("");
  return policy?.kind === "known" && source.test(policy.value?.text ?? "");
}

/** The generated name of the function has capitals of its stack; the one of its manifest has none. */
function isNamedAfterLogicalId({ found, text }: ImportedSituation): boolean {
  return text.includes(`  function: ${found.name}\n`) && /metadata: \{ name: [a-z0-9-]+ \}/.test(text);
}
