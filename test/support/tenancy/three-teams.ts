import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { Files } from "../../../demo/manifests.ts";
import { settled } from "../fakes/fake-clock.ts";
import { FakeController, manifests } from "../fakes/fake-controller.ts";
import { compileTexts } from "../manifests.ts";
import { withFunction, withRole } from "../pass/apply.ts";
import { ACCOUNT_ID, REGION } from "../pass/bindings.ts";
import { liveFunctionOf, liveRoleOf, presentPolicy } from "../pass/live-state.ts";

/** Every name, reason and policy of a team contains its word, and nothing else does. */
export const TEAMS = ["amber", "birch", "cedar"] as const;
export type TeamName = (typeof TEAMS)[number];

export function bindingOf(team: TeamName, name = "api"): string {
  return `function/${ACCOUNT_ID}/${REGION}/${team}/${team}-${name}`;
}

/** A table that the function of the team reads; its name shows no team. */
export const tableOf = (team: TeamName): string =>
  `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${sharedName(team)}`;

/** A function of the team in AWS that no manifest of it declares, and that the team before it names. */
const alienName = (team: TeamName): string => `loan-${TEAMS.indexOf(team)}`;

const HEAD = (kind: string, name: string): string =>
  `apiVersion: grantkeeper.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

/** The function of a team that another one names, too, and a table that it shares: they show no team. */
const sharedName = (team: TeamName): string => `shop-${TEAMS.indexOf(team)}`;

function functionOf(team: TeamName, name: string, functionName = `${team}-${name}`): string {
  return `${HEAD("FunctionPermission", `${team}-${name}`)}spec:
  targets: [{accounts: [prod], regions: [eu-west-1]}]
  function: ${functionName}
  grants:
    - dynamodb: {table: ${team}-items, allow: [read, write]}
    - dynamodb: {table: ${sharedName(team)}, allow: [read]}
`;
}

/** A function with drift, one without a role, one of another team, a broken file, a policy, a Team and a waiver. */
function filesOf(team: TeamName): Files {
  const next = TEAMS[(TEAMS.indexOf(team) + 1) % TEAMS.length] ?? team;
  const policy = `{Effect: Allow, Action: "dynamodb:GetItem", Resource: "${tableOf(team)}"}`;
  return {
    [`teams/${team}/${team}-api.yaml`]: functionOf(team, "api", sharedName(team)),
    [`teams/${team}/${team}-jobs.yaml`]: functionOf(team, "jobs"),
    [`teams/${team}/${team}-fenced.yaml`]: functionOf(team, "fenced", sharedName(next)),
    [`teams/${team}/${team}-alien.yaml`]: functionOf(team, "alien", alienName(next)),
    [`teams/${team}/${team}-broken.yaml`]: functionOf(team, "broken").replace("allow", "alow"),
    [`teams/${team}/${team}-reads.yaml`]: `${HEAD("ManagedPolicy", `${team}-reads`)}spec:
  document: {Version: "2012-10-17", Statement: [${policy}]}
`,
    [`platform/team-${team}.yaml`]: `${HEAD("Team", team)}spec:
  accounts: [prod]
  functions: ["${team}-*", ${sharedName(team)}]
  resources: ["${team}-*", ${sharedName(team)}]
  shares: [{with: ${next}, resources: [${sharedName(team)}]}]
`,
    [`platform/waiver-${team}.yaml`]: `${HEAD("Waiver", `${team}-waiver`)}spec:
  rule: RES-002
  binding: ${team}/${team}-api@prod/eu-west-1
  reason: "${team} asked for it"
  owner: dana
  until: 2027-06-30T00:00:00Z
`,
  };
}

/**
 * The entire controller over three teams with the same troubles in one account: each has drift, a function that anyone may
 * call, a pending approval together with the others, a suspension, an error in Git, and a function that a Team forbids.
 */
export async function threeTeams(): Promise<FakeController> {
  const files = Object.assign({}, manifests({}), ...TEAMS.map(filesOf)) as Files;
  const fake = new FakeController();
  fake.actionData = await new IamActionData().load(["dynamodb", "lambda", "s3", "sqs"]);
  const { desired } = compileTexts(files);
  const aws = fake.cloud.account(ACCOUNT_ID);
  for (const one of desired.bindings.values()) {
    if (one.name.endsWith("-api")) aws.live = drifted(aws.live, one);
    if (one.name.endsWith("-alien")) aws.live = withFunction(aws.live, REGION, ofNext(one));
  }
  fake.source.push(files);
  await fake.start();
  await fake.clock.pass(2_000);
  for (const team of TEAMS) await suspend(fake, team);
  await settled();
  return fake;
}

function openTo(everyone: string, { functionArn }: DesiredBinding): ReturnType<typeof presentPolicy> {
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "lambda:InvokeFunction",
    Resource: functionArn,
  };
  return presentPolicy({ Sid: everyone, ...statement });
}

/** The callers of another team's function have that team's word. */
function ofNext(one: DesiredBinding): ReturnType<typeof liveFunctionOf> {
  const owner = TEAMS.find((team) => alienName(team) === one.functionName) ?? "";
  return liveFunctionOf(one, { policies: new Map([["", openTo(`${owner}-partner`, one)]]) });
}

function drifted(live: Parameters<typeof withRole>[0], one: DesiredBinding): Parameters<typeof withRole>[0] {
  const { namespace } = one;
  const statement = {
    Effect: "Allow",
    Action: "sqs:SendMessage",
    Resource: `arn:aws:sqs:*:*:${namespace}-queue`,
  };
  const hotfix = {
    name: `${namespace}-hotfix`,
    text: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  };
  const role = liveRoleOf(one);
  const withOwn = withRole(live, { ...role, inline: [...role.inline, hotfix] });
  return withFunction(
    withOwn,
    one.region,
    liveFunctionOf(one, { policies: new Map([["", openTo(`${namespace}-laptop`, one)]]) }),
  );
}

async function suspend({ control }: FakeController, team: TeamName): Promise<void> {
  const scope = { accountId: null, namespace: team as string as Namespace, key: null };
  const until = new Date("2026-10-02T12:00:00Z").toISOString();
  const made = await control.suspend({ scope, reason: `${team} has an incident`, until }, `${team}-operator`);
  if (made.kind === "err") throw new Error(made.error.message);
}
