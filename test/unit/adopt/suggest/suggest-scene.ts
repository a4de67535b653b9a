import { known } from "../../../../src/adopt/estate/estate.ts";
import { DAY_MS } from "../../../../src/adopt/evidence/action-use.ts";
import type { FunctionEvidence } from "../../../../src/adopt/evidence/function-use.ts";
import type { ServiceAccess } from "../../../../src/adopt/estate/role-access.ts";
import { suggest, type Suggestions } from "../../../../src/adopt/suggest/suggest.ts";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { accountText, COMPILE_CONTEXT, NOW_MS, parseText } from "../../../support/manifests.ts";

export const PROD = "111122223333";
export const FILE = "teams/orders/api.yaml";
export const ROLE = {
  name: "orders",
  arn: `arn:aws:iam::${PROD}:role/orders`,
  createdAtMs: NOW_MS - 900 * DAY_MS,
  lastUsedAtMs: NOW_MS,
  functions: 1,
};

export const UNUSED: ServiceAccess = { lastAtMs: null, actions: new Map() };
export const USED: ServiceAccess = { lastAtMs: NOW_MS, actions: new Map() };

export function tracked(actions: Readonly<Record<string, number | null>>): ServiceAccess {
  return { lastAtMs: NOW_MS, actions: new Map(Object.entries(actions)) };
}

export function knownEvidence({ region, functionName, accountId }: DesiredBinding): FunctionEvidence {
  return { kind: "known", accountId, region, functionName, roles: [ROLE] };
}

interface Setting {
  readonly services: Readonly<Record<string, ServiceAccess>>;
  readonly evidenceOf?: (binding: DesiredBinding) => FunctionEvidence;
  readonly isSelected?: (binding: DesiredBinding) => boolean;
  readonly hasText?: boolean;
  /** What the bindings were compiled from, instead of the text. */
  readonly compiledText?: string;
}

export const ACCOUNTS = {
  "platform/accounts.yaml": accountText("prod", PROD)
    .replace("  boundary: platform-default\n", "")
    .replace("mode: enforce", "mode: observe"),
};

export function suggestFor(text: string, setting: Setting): Suggestions {
  const { services, evidenceOf = knownEvidence, isSelected = () => true, hasText = true } = setting;
  const other = parseText(FILE, setting.compiledText ?? text);
  const files = Object.entries({ ...ACCOUNTS, [FILE]: text }).map(([path, content]) =>
    parseText(path, content),
  );
  const report = { reportedAtMs: NOW_MS, services: new Map(Object.entries(services)) };
  return suggest({
    files,
    texts: new Map(hasText ? [[FILE, text]] : []),
    compilation: compile([...files.filter(({ path }) => path !== FILE), other], COMPILE_CONTEXT),
    context: COMPILE_CONTEXT,
    isSelected,
    evidenceOf,
    sources: { accessed: new Map([[ROLE.arn, known(report)]]), trail: null, nowMs: NOW_MS },
  });
}

export function manifest(spec: string, name = "api", regions = "eu-west-1"): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: ${name}}
spec:
  targets: [{accounts: [prod], regions: [${regions}]}]
${spec}`;
}

export const SPEC = `  grants:
    # the orders
    - dynamodb: {table: orders, allow: [read, write]}
    # the mails
    - ses: {identity: example.com, allow: [send]}
    - sqs: {queue: orders, allow: [send, consume]}
  statements:
    - reason: from before
      statement: {Effect: Allow, Action: ["sns:Publish", "sqs:PurgeQueue", "kms:*"], Resource: "*"}
    - reason: a limit
      statement: {Effect: Deny, Action: "s3:*", Resource: "*"}
`;

export const ALL_USED = { dynamodb: USED, ses: USED, sqs: USED, sns: USED, kms: USED };

export function textOf({ files }: Suggestions): string | undefined {
  return files.find(({ path }) => path === FILE)?.text;
}

export function advice({ manifests }: Suggestions): Readonly<Record<string, string>> {
  const all = manifests.flatMap(({ permissions }) => permissions);
  return Object.fromEntries(all.map(({ label, advice: given }) => [label, given]));
}
