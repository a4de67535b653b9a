import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { Closing, openStage } from "../../demo/stage.ts";
import { STEPS } from "../../demo/steps/all.ts";
import { playStep } from "../../demo/story.ts";
import { demoWorld } from "../../demo/world.ts";
import { ownPolicy, ownTrust } from "../../src/aws/own/policies.ts";
import { sourceStatements } from "../../src/aws/own/source-access.ts";
import { AWS_CALLS } from "../../src/aws/calls/permissions.ts";
import type { AttachedPolicy } from "../../src/iam/evaluate/policy.ts";
import type { CallRecord } from "../../src/simulator/calls.ts";
import type { WorldState } from "../../src/simulator/world.ts";
import { EXAMPLE } from "../../tools/pages/permissions.ts";
import { liveThroughAdoption } from "../support/installation/adopting.ts";
import { liveThroughEverything, PUSH_QUEUE } from "../support/installation/everything.ts";
import { MEMBER } from "../support/installation/organization.ts";
import { liveThroughLookup } from "../support/installation/looking-up.ts";
import { decisionOf, policyIn, policyText } from "../support/policies/own-policies.ts";
import { ownRequests, type OwnRequest } from "../support/policies/own-requests.ts";

const IDENTITIES = ["base", "observer", "writer", "binder", "reader"] as const;
const LONG_MS = 600_000;

interface Run {
  readonly start: WorldState;
  readonly calls: readonly CallRecord[];
  /** Each once. */
  readonly requests: readonly OwnRequest[];
}

interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Condition?: Readonly<Record<string, object>>;
}

describe("the policies of Grantkeeper's own identities", () => {
  let runs: readonly Run[];
  beforeAll(async () => {
    const played = await Promise.all([
      liveThroughEverything(),
      liveThroughAdoption(),
      liveThroughLookup(),
      playDemo(),
    ]);
    runs = played.map((run) => ({ ...run, requests: distinct(run.start, run.calls) }));
  }, LONG_MS);

  test("are judged by runs that make every call that Grantkeeper knows", () => {
    const made = runs.flatMap(({ requests }) => requests.map(({ request }) => request.action));

    expect([...new Set(made)].filter((action) => AWS_CALLS.some((call) => call === action)).sort()).toEqual(
      AWS_CALLS,
    );
  });

  test("are judged in an account that an AccountSet found as well, with the observer of its stack set", () => {
    const found = runs.flatMap(({ requests }) => requests.filter(({ accountId }) => accountId === MEMBER));

    expect(new Set(found.map(({ identity }) => identity))).toContain("observer");
  });

  test("allow every call of an entire life of a function, of an adoption and its undo, and of the demo", () => {
    const refused = runs.flatMap((run) =>
      run.requests.filter((one) => !allows(run, one, statementsOf(run, one))).map(requestText),
    );

    expect(refused).toEqual([]);
  });

  test("allow no action in any statement that none of these calls needs", () => {
    const idle = IDENTITIES.flatMap((identity) => {
      const asked = runs.map((run) => ({
        run,
        requests: run.requests.filter((one) => one.identity === identity),
      }));
      const pairs = asked.flatMap(({ run, requests }) =>
        requests.slice(0, 1).flatMap((one) => allowedPairs(statementsOf(run, one))),
      );
      return [...new Set(pairs)].filter((pair) =>
        asked.every(({ run, requests }) =>
          requests.every((one) => allows(run, one, without(pair, statementsOf(run, one)))),
        ),
      );
    });

    expect(idle).toEqual([]);
  });

  test.each(IDENTITIES)(
    "are printed in docs/aws-permissions.md as they judged these runs, apart from an account's values: %s",
    async (identity) => {
      const options = (await Promise.all(OPTIONS[identity].map(printedStatements))).flat();
      const plain = await printedStatements({ heading: `${identity}: ` });
      const isReplaced = ({ Sid }: PolicyStatement): boolean =>
        !IN_ONE_RUN.has(identity) && options.some((each) => each.Sid === Sid);
      const printed = [...plain.filter((statement) => !isReplaced(statement)), ...options];
      const installed = runs.flatMap((run) =>
        run.requests
          .filter((one) => one.identity === identity)
          .slice(0, 1)
          .flatMap((one) => statementsOf(run, one)),
      );
      const lines = new Set(printed.map(withoutValues));

      expect(new Set(installed.map(withoutValues))).toEqual(lines);
    },
  );
});

/** A policy on the page: below the heading that begins so; by default the first one there. */
interface PrintedPolicy {
  readonly heading: string;
  readonly index?: number;
}

/**
 * The first run has a function with a customer managed key, a queue of pushes, and a manifest that names values of AWS; the
 * second one takes over a role in place and undoes a switch; the third one asks CloudTrail who made a difference.
 */
const OPTIONS: Readonly<Record<(typeof IDENTITIES)[number], readonly PrintedPolicy[]>> = {
  base: [{ heading: "Option: a queue of pushes to CodeCommit" }],
  binder: [
    { heading: "Option: functions with a customer managed key" },
    { heading: "Option: the undo of a switch" },
  ],
  observer: [
    { heading: "Option: stack outputs and parameters in manifests" },
    { heading: "Take over in place", index: 1 },
    { heading: "Option: who made a difference" },
  ],
  writer: [{ heading: "Take over in place" }],
  reader: [],
};

/** Another run has these identities without an option that replaces a statement. */
const IN_ONE_RUN: ReadonlySet<(typeof IDENTITIES)[number]> = new Set(["binder", "observer"]);

async function printedStatements({ heading, index = 0 }: PrintedPolicy): Promise<readonly PolicyStatement[]> {
  const page = await readFile(new URL("../../docs/aws-permissions.md", import.meta.url), "utf8");
  const section = page.split(/^##+ /m).find((text) => text.startsWith(heading)) ?? "";
  const text = [...section.matchAll(/```json\n(.*?)```/gs)][index]?.[1] ?? "{}";
  return (JSON.parse(text) as { readonly Statement: readonly PolicyStatement[] }).Statement;
}

/** Everything but the ARNs, names and tags of an account: effect, actions, and which operator tests which key. */
function withoutValues({ Sid, Effect, Action, NotAction, Condition = {} }: PolicyStatement): string {
  const tests = Object.entries(Condition).map(([operator, keys]) => [operator, Object.keys(keys)]);
  return JSON.stringify({ Sid, Effect, Action, NotAction, tests });
}

async function playDemo(): Promise<Pick<Run, "start" | "calls">> {
  const closing = new Closing();
  try {
    const stage = await openStage(
      { git: 0, simulator: 0, api: 0, tls: 0 },
      closing,
      AbortSignal.timeout(LONG_MS),
    );
    const { world: start } = demoWorld(stage.desired);
    for (const [index, step] of STEPS.entries()) await playStep(step, index + 1, stage);
    await stage.command("doctor");
    return { start, calls: stage.simulator.calls() };
  } finally {
    await closing.all();
  }
}

function distinct(start: WorldState, calls: readonly CallRecord[]): readonly OwnRequest[] {
  const byText = new Map(ownRequests(start, calls).map((one) => [requestText(one), one]));
  return [...byText.values()];
}

function requestText({ identity, request }: OwnRequest): string {
  const { action, resource, context } = request;
  return `${identity} ${action} ${resource} ${[...context]
    .map(([key, values]) => `${key}=${values.join()}`)
    .sort()
    .join(" ")}`;
}

/** The initial policies in the world; the base is outside these accounts, and its policy covers all their roles. */
function statementsOf({ start }: Run, { identity, accountId }: OwnRequest): readonly PolicyStatement[] {
  if (identity === "base") return baseStatements(systemRoles(start)).map(asRead);
  const text = start.accounts[accountId]?.iam.roles[identity]?.inline[identity] ?? "{}";
  return (JSON.parse(text) as { readonly Statement: readonly PolicyStatement[] }).Statement;
}

function baseStatements(roles: readonly string[]): readonly object[] {
  const queue = { kind: "queue", arn: PUSH_QUEUE, repository: "permissions" } as const;
  return [...ownPolicy("base", { ...EXAMPLE, roles }), ...sourceStatements([queue], EXAMPLE.baseRole)];
}

function asRead(statement: object): PolicyStatement {
  return JSON.parse(JSON.stringify(statement)) as PolicyStatement;
}

function systemRoles(start: WorldState): readonly string[] {
  const roles = Object.values(start.accounts).flatMap(({ iam }) => Object.values(iam.roles));
  return roles.flatMap(({ arn, path }) => (path === "/grantkeeper-system/" ? [arn] : []));
}

function allows(run: Run, one: OwnRequest, statements: readonly PolicyStatement[]): boolean {
  const identity = policyIn(one.accountId, "identity", policyText(statements));
  const policy = resourcePolicyOf(run, one);
  const resource = policy === null ? undefined : ({ kind: "policy", policy } as const);
  return decisionOf(one.request, identity, resource).kind === "allowed";
}

/** The trust of a role; and the policy that a key has by default, which lets the IAM policies of the account decide. */
function resourcePolicyOf(run: Run, { accountId, request }: OwnRequest): AttachedPolicy | null {
  if (request.action.startsWith("sts:")) return trustOf(run.start, request.resource);
  if (!request.action.startsWith("kms:")) return null;
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  const text = policyText([{ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }]);
  return policyIn(accountId, "resource", text);
}

/** In the world, as in AWS, a trust names the principal's unique id; only the external id is read from it. */
function trustOf(start: WorldState, roleArn: string): AttachedPolicy {
  const [, , , , accountId = "", name = ""] = roleArn.split(":");
  const trust = start.accounts[accountId]?.iam.roles[name.split("/").at(-1) ?? ""]?.trust ?? "";
  const externalId = /"sts:ExternalId":"([^"]+)"/.exec(trust)?.[1] ?? "";
  return policyIn(accountId, "trust", policyText(ownTrust({ ...EXAMPLE, organization: null }, externalId)));
}

function allowedPairs(statements: readonly PolicyStatement[]): readonly string[] {
  return statements.flatMap(({ Sid, Effect, Action = [] }) =>
    Effect === "Allow" ? Action.map((action) => `${Sid} ${action}`) : [],
  );
}

function without(pair: string, statements: readonly PolicyStatement[]): readonly PolicyStatement[] {
  const [sid, action] = pair.split(" ");
  return statements.map((statement) =>
    statement.Sid === sid
      ? { ...statement, Action: statement.Action?.filter((one) => one !== action) ?? [] }
      : statement,
  );
}
