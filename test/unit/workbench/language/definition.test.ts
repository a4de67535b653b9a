import { expect, test } from "@jest/globals";
import { definitionAt } from "../../../../src/workbench/language/answers/definition.ts";
import { analysisOf, placeOf } from "../../../support/language/analysis.ts";

const head = (kind: string, name: string): string =>
  `apiVersion: grantkeeper.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;

const ACCOUNT = `${head("AwsAccount", "shop")}spec:
  id: "555555555555"
  regions: [eu-west-1]
  observer: {role: "arn:aws:iam::555555555555:role/grantkeeper-system/observer", externalId: gk-test}
  boundary: platform-default
  boundaries: [{name: wide, namespaces: [orders]}]
`;
const SET = `${head("AccountSet", "group")}spec:
  accounts:
    - {name: one, id: "666666666666"}
    - {name: two, id: "777777777777"}
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/grantkeeper-system/observer", externalId: gk-test}
    boundary: wide
`;
const BOUNDARIES = `${head("ManagedPolicy", "shared")}spec: {grants: [{sqs: {queue: a, allow: [send]}}]}
---
${head("ManagedPolicy", "wide")}spec:
  use: boundary
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["logs:*"], Resource: "*"}]}
`;
const TEAM = `${head("Team", "orders")}spec: {accounts: [prod, two], functions: ["*"], boundaries: [wide], profile: careful}
`;
const OTHERS = `${head("GuardrailProfile", "careful")}spec: {base: strict, selector: {namespaces: [orders], accounts: [shop]}}
---
${head("ChangeWindow", "later")}spec: {accounts: [prod], namespaces: [orders], after: {accounts: [two], verifiedFor: 30m}}
---
${head("Waiver", "known")}spec: {rule: RES-001, binding: orders/api@prod/eu-west-1, reason: x, owner: dana, until: 2026-12-31T00:00:00Z}
`;
const template = (version: number): string =>
  `${head("GrantTemplate", "worker")}spec: {version: ${version}, grants: [{sqs: {queue: a, allow: [send]}}]}\n`;
const API = `${head("FunctionPermission", "api")}spec:
  targets: [{accounts: [prod], regions: [eu-west-1]}, {accounts: [two], regions: [eu-west-1]}]
  role: {boundary: wide}
  managedPolicies: [platform/shared, own, "arn:aws:iam::aws:policy/AWSLambdaExecute"]
  templates: [{template: worker, version: 2}, {template: worker, version: 9}, {template: worker}]
  dependsOn: [other, gone]
`;
const OTHER = `${head("FunctionPermission", "other")}spec: {targets: [{accounts: [prod], regions: [eu-west-1]}]}\n`;
const FILES = {
  "platform/shop.yaml": ACCOUNT,
  "platform/set.yaml": SET,
  "platform/boundaries.yaml": BOUNDARIES,
  "platform/team.yaml": TEAM,
  "platform/others.yaml": OTHERS,
  "platform/templates.yaml": `${template(1)}---\n${template(2)}`,
  "teams/orders/api.yaml": API,
  "teams/orders/own.yaml": `${head("ManagedPolicy", "own")}spec: {grants: [{sqs: {queue: a, allow: [send]}}]}\n`,
  "teams/orders/other.yaml": OTHER,
  "teams/search/other.yaml": OTHER,
};
const ANALYSIS = analysisOf(FILES);

function definition(file: keyof typeof FILES, marked: string): string | null {
  const found = definitionAt(ANALYSIS, file, placeOf(FILES[file], marked));
  return found === null ? null : `${found.file}:${found.place.line}:${found.place.column}`;
}

test.each([
  { file: "teams/orders/api.yaml", at: "accounts: [|prod]", place: "platform/accounts.yaml:3:18" },
  { file: "teams/orders/api.yaml", at: "[t|wo]", place: "platform/set.yaml:8:14" },
  { file: "teams/orders/api.yaml", at: "boundary: w|ide", place: "platform/boundaries.yaml:10:9" },
  { file: "teams/orders/api.yaml", at: "platform/sh|ared", place: "platform/boundaries.yaml:4:9" },
  { file: "teams/orders/api.yaml", at: " o|wn", place: "teams/orders/own.yaml:4:9" },
  {
    file: "teams/orders/api.yaml",
    at: "template: w|orker, version: 2",
    place: "platform/templates.yaml:10:9",
  },
  { file: "teams/orders/api.yaml", at: "version: |2", place: "platform/templates.yaml:10:9" },
  { file: "teams/orders/api.yaml", at: "{template: |worker}", place: "platform/templates.yaml:10:9" },
  { file: "teams/orders/api.yaml", at: "[o|ther", place: "teams/orders/other.yaml:4:9" },
  { file: "platform/shop.yaml", at: "boundary: p|latform", place: "platform/boundary.yaml:3:18" },
  { file: "platform/shop.yaml", at: "name: w|ide", place: "platform/boundaries.yaml:10:9" },
  { file: "platform/shop.yaml", at: "[o|rders]", place: "platform/team.yaml:4:9" },
  { file: "platform/set.yaml", at: "boundary: w|ide", place: "platform/boundaries.yaml:10:9" },
  { file: "platform/team.yaml", at: "p|rod", place: "platform/accounts.yaml:3:18" },
  { file: "platform/team.yaml", at: "[w|ide]", place: "platform/boundaries.yaml:10:9" },
  { file: "platform/team.yaml", at: "profile: c|areful", place: "platform/others.yaml:4:9" },
  { file: "platform/others.yaml", at: "selector: {namespaces: [o|rders]", place: "platform/team.yaml:4:9" },
  { file: "platform/others.yaml", at: "accounts: [s|hop]", place: "platform/shop.yaml:4:9" },
  { file: "platform/others.yaml", at: "], namespaces: [o|rders]", place: "platform/team.yaml:4:9" },
  { file: "platform/others.yaml", at: "[t|wo]", place: "platform/set.yaml:8:14" },
  { file: "platform/others.yaml", at: "orders/|api@prod", place: "teams/orders/api.yaml:4:9" },
] as const)("$file $at is declared at $place", ({ file, at, place }) => {
  expect(definition(file, at)).toBe(place);
});

test.each([
  { file: "teams/orders/api.yaml", at: "version: |9", because: "a version that no template has" },
  { file: "teams/orders/api.yaml", at: "g|one", because: "a function that is not declared" },
  { file: "teams/orders/api.yaml", at: "aws:policy/AWSL|ambda", because: "a policy of AWS" },
  { file: "teams/orders/api.yaml", at: "accounts|: [prod]", because: "the name of a field" },
  { file: "teams/orders/api.yaml", at: "[eu-w|est-1]", because: "a region" },
  { file: "platform/set.yaml", at: "name: o|ne", because: "the declaration itself" },
] as const)("$because leads nowhere", ({ file, at }) => {
  expect(definition(file, at)).toBeNull();
});
