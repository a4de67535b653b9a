import { ownLogGroup } from "../../model/aws/log-group.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import { flowText, memberLines } from "../../text/yaml/flow-text.ts";
import type { GrantOf } from "../recognize/candidate-compiler.ts";
import { leftOutTexts } from "../recognize/left-out-texts.ts";
import type { Recognition } from "../recognize/recognize.ts";
import type { RoleStatement } from "../recognize/role-statements.ts";
import type { ImportedCaller } from "./callers.ts";

/** What a manifest declares of one function, without its targets. */
export interface ManifestBody {
  readonly name: string;
  readonly functionName: string;
  /** `spec.role`; empty if the defaults are correct. */
  readonly role: Readonly<Record<string, Json>>;
  readonly permissions: Pick<Recognition, "grants" | "own" | "rest" | "leftOut">;
  /** References, sorted. */
  readonly managedPolicies: readonly string[];
  readonly callers: readonly ImportedCaller[];
  /** ISO 8601 date of the read: the reason of each statement names it. */
  readonly readOn: string;
}

export interface ManifestTarget {
  /** The name of an AwsAccount. */
  readonly account: string;
  readonly region: string;
}

const HEAD = "apiVersion: grantkeeper.dev/v1alpha1";

/** A FunctionPermission in observe: the same body and targets give the same bytes. */
export function manifestText(body: ManifestBody, targets: readonly ManifestTarget[]): string {
  const { name, functionName, role, managedPolicies } = body;
  const { grants, rest, leftOut } = body.permissions;
  const spec = [
    ...(functionName === name ? [] : [`function: ${flowText(functionName)}`]),
    ...targetLines(targets),
    "mode: observe",
    ...(Object.keys(role).length === 0 ? [] : [`role: ${flowText(role)}`]),
    ...ownLines(body),
    ...list("grants", grants.flatMap(grantLines)),
    ...leftOut.flatMap(leftOutTexts).map((text) => `# ${text}`),
    ...list(
      "statements",
      rest.flatMap((one) => statementLines(one, body.readOn)),
    ),
    ...list(
      "managedPolicies",
      managedPolicies.map((reference) => `- ${flowText(reference)}`),
    ),
    ...list("invokedBy", body.callers.flatMap(callerLines)),
  ];
  return `${[HEAD, "kind: FunctionPermission", `metadata: ${flowText({ name })}`, "spec:", ...indented(spec)].join("\n")}\n`;
}

/** `spec.document` of a ManagedPolicy. */
export function managedPolicyDocument(statements: readonly RoleStatement[]): Json {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ statement }) => statement as unknown as Json),
  };
}

/** A ManagedPolicy with the statements of a customer-managed policy, or of an inline policy that is full. */
export function managedPolicyText(name: string, from: string, statements: readonly RoleStatement[]): string {
  const spec = [
    `description: ${flowText(`Imported from ${from}`)}`,
    "document:",
    '  Version: "2012-10-17"',
    "  Statement:",
    ...statements.map(({ statement }) => `    - ${flowText(statement as unknown as Json)}`),
  ];
  return `${[HEAD, "kind: ManagedPolicy", `metadata: ${flowText({ name })}`, "spec:", ...indented(spec)].join("\n")}\n`;
}

/** One entry for each account with its regions. */
function targetLines(targets: readonly ManifestTarget[]): readonly string[] {
  const byAccount = Map.groupBy(targets, ({ account }) => account);
  const entries = [...byAccount].map(([account, all]) => ({
    accounts: [account],
    regions: all.map(({ region }) => region),
  }));
  return [`targets: ${flowText(entries)}`];
}

/** Logs are implicit, so that a function without exactly this permission switches them off. */
function ownLines({ permissions: { own }, functionName }: ManifestBody): readonly string[] {
  const named = own.some(({ grant }) => grant === "logs") ? {} : { logs: false };
  return Object.entries({ ...named, ...ownFields(own, functionName) }).map(
    ([name, value]) => `${name}: ${flowText(value)}`,
  );
}

/** `logs`, `tracing` and `vpc` of a manifest; without logs if they are the default, or if the policies do not have them. */
export function ownFields(own: readonly GrantOf[], functionName: string): JsonObject {
  const named = new Map(own.map((one) => [one.grant, one.fields]));
  const logs = changedLogs(named.get("logs") ?? {}, functionName);
  return {
    ...(named.has("logs") && Object.keys(logs).length > 0 && { logs }),
    ...(named.has("tracing") && { tracing: true }),
    ...(named.has("vpc") && { vpc: true }),
  };
}

function changedLogs(
  { group, groupPrefix, create, tag }: GrantOf["fields"],
  functionName: string,
): JsonObject {
  return {
    ...(group === undefined || group === ownLogGroup(functionName) ? {} : { group: group as string }),
    ...(groupPrefix === undefined ? {} : { groupPrefix: groupPrefix as string }),
    ...(create === true ? {} : { create: create as boolean }),
    ...(tag === true ? { tag } : {}),
  };
}

function grantLines({ grant, fields }: GrantOf): readonly string[] {
  return memberLines({ [grant]: fields as Readonly<Record<string, Json>> });
}

function statementLines({ from, statement }: RoleStatement, readOn: string): readonly string[] {
  return memberLines({ reason: `imported ${readOn} from ${from}`, statement: statement as unknown as Json });
}

function callerLines({ caller, fields, qualifier }: ImportedCaller): readonly string[] {
  const entry = { [caller]: fields as Readonly<Record<string, Json>> };
  return memberLines(qualifier === null ? entry : { ...entry, qualifier });
}

function list(name: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${name}:`, ...indented(lines)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
