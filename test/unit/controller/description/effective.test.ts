import { ACCOUNT, Described, effective, pending, OWN_LOGS, READ } from "./described.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { allow, BOUNDARY, deny, documentOf } from "../../../support/pass/bindings.ts";
import { livePolicyOf } from "../../../support/pass/live-state.ts";
import { withPolicy, withRole } from "../../../support/pass/apply.ts";
import { type FakeAws, awsError } from "../../../support/fakes/fake-aws.ts";
import {
  type FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
} from "../../../support/fakes/fake-controller.ts";

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess" as Arn;
let described: Described;
let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  described = new Described();
  ({ fake, aws } = described);
});

afterEach(() => fake.stop());

describe("effective permissions", () => {
  test("are the permissions of the role, under the names of the declaring grants", async () => {
    await described.converged();
    await described.changeFunction({});

    const state = await described.state();

    expect(effective(state)).toEqual([READ, OWN_LOGS]);
    expect(pending(state)).toEqual([]);
  });

  test("never include permissions that the guard refused", async () => {
    await described.converged();
    await described.changeFunction({});
    await described.push(
      `${READ_ORDERS}  statements: [{reason: x, statement: {Effect: Allow, Action: "dynamodb:*", Resource: "*"}}]\n`,
    );

    const state = await described.state();

    expect(state.declared).toMatchObject({
      kind: "declared",
      permissions: { lines: [{ what: "dynamodb read" }, { what: "dynamodb:*", on: "all resources" }, {}] },
    });
    expect(effective(state)).toEqual([READ, OWN_LOGS]);
    expect(pending(state)).toEqual(["refused +dynamodb:* all resources"]);
    expect(state.pending[0]?.reason).toMatchObject({
      kind: "refused",
      rules: [{ rule: "ACT-001", line: 7 }],
    });
  });

  test("list a refused permission even if the boundary leaves it without effect", async () => {
    const boundary = documentOf(allow(["dynamodb:*", "logs:*"]));
    aws.live = withPolicy(aws.live, livePolicyOf(BOUNDARY, [boundary]));
    await described.converged();
    await described.changeFunction({});
    const passes = '{Effect: Allow, Action: "iam:PassRole", Resource: "*"}';
    await described.push(`${READ_ORDERS}  statements: [{reason: x, statement: ${passes}}]\n`);

    const state = await described.state();
    const refused = state.pending.find(({ reason }) => reason.kind === "refused");

    expect(refused?.add.lines.map(({ what, on, details }) => [what, on, ...details])).toContainEqual([
      "iam:PassRole",
      "all resources",
      "reason: x",
      "without effect: not allowed by the boundary, or denied",
    ]);
  });

  test("never call a refused attached policy without effect", async () => {
    await described.converged();
    described.known(ADMIN, documentOf(allow("*")));
    await described.push(`${READ_ORDERS}  managedPolicies: [${ADMIN}]\n`);

    const state = await described.state();
    const refused = state.pending.find(({ reason }) => reason.kind === "refused");

    expect(refused?.add.lines.flatMap(({ details }) => details).join("\n")).not.toContain("without effect");
  });

  test.each([
    { text: documentOf(allow("*")), shown: ["+ all actions all resources AdministratorAccess"] },
    { text: null, shown: [] },
  ])("name an undeclared attached policy ($shown.length lines)", async ({ text, shown }) => {
    await described.converged();
    if (text !== null) described.known(ADMIN, text);
    await described.suspend();
    await described.changeRole({ attachments: [ADMIN] });

    const state = await described.state();

    expect(effective(state)).toEqual([READ, OWN_LOGS, ...shown]);
    const unknown = state.effective.kind === "read" ? state.effective.unknown : [];
    expect(unknown.filter((reason) => reason.includes("AdministratorAccess"))).toEqual(
      text === null
        ? ['policy "AdministratorAccess", not declared, was not read: its permissions are unknown']
        : [],
    );
  });

  test("name an undeclared inline policy, with its own actions regardless of its Sid", async () => {
    await described.converged();
    const sid = (
      JSON.parse(described.role().inline[0]?.text ?? "") as { Statement: { Sid: string }[] }
    ).Statement.find((statement) => statement.Sid.startsWith("DynamodbRead"))?.Sid;
    await described.suspend();
    await described.changeRole({
      inline: [...described.role().inline, { name: "hotfix", text: documentOf(allow("iam:*", "*", sid)) }],
    });

    expect(effective(await described.state())).toEqual([READ, OWN_LOGS, "+ iam:* all resources hotfix"]);
  });

  test("mark additions to the declared policy itself", async () => {
    await described.converged();
    const [own] = described.role().inline;
    const document = JSON.parse(own?.text ?? "") as { Statement: object[] };
    const text = JSON.stringify({
      ...document,
      Statement: [...document.Statement, allow("sqs:SendMessage")],
    });
    await described.suspend();
    await described.changeRole({ inline: [{ name: "grantkeeper", text }] });

    expect(effective(await described.state())).toEqual([
      READ,
      OWN_LOGS,
      "+ sqs:SendMessage all resources grantkeeper",
    ]);
  });

  test("omit permissions that the boundary does not allow, with a note", async () => {
    await described.converged();
    aws.live = { ...aws.live, policies: boundaryOf(allow("logs:*")) };
    await fake.clock.pass(SWEEP_MS * 1.2);

    const { effective: found } = await described.state();

    expect(found).toMatchObject({
      kind: "read",
      permissions: { lines: [{ what: "own logs" }] },
      withoutEffect: { lines: [{ what: "dynamodb read" }] },
      boundary: { name: "platform-default", isDeclared: true, isRead: true },
    });
  });

  test("show a Deny, and omit the denied permissions", async () => {
    await described.converged();
    await described.suspend();
    await described.changeRole({
      inline: [...described.role().inline, { name: "stop", text: documentOf(deny("dynamodb:*")) }],
    });

    const state = await described.state();

    expect(effective(state)).toEqual([OWN_LOGS, "+ dynamodb:* all resources stop"]);
    expect(state.effective).toMatchObject({
      permissions: { lines: [{ kind: "permission" }, { kind: "denial" }] },
      withoutEffect: { lines: [{ what: "dynamodb read" }] },
    });
  });

  test("are those of the role on which the function runs, even if it is another one", async () => {
    await described.converged();
    aws.live = withRole(aws.live, {
      ...described.role(),
      name: "shared",
      path: "/",
      arn: `arn:aws:iam::${ACCOUNT}:role/shared` as Arn,
      inline: [{ name: "all", text: documentOf(allow("s3:*")) }],
    });
    await described.changeFunction({ roleArn: `arn:aws:iam::${ACCOUNT}:role/shared` });

    const state = await described.state();

    expect(effective(state)).toEqual(["+ s3:* all resources all"]);
    expect(state.effective).toMatchObject({
      role: { kind: "other", arn: expect.stringMatching(/role\/shared$/) },
    });
  });

  test("are unknown before the first read, and as old as the last one when reads fail", async () => {
    aws.readError = awsError("circuit", { code: "AccessDenied" });
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();

    expect(effective(await described.state())[0]).toMatch(/^unknown: .*AccessDenied/);

    aws.readError = null;
    await fake.clock.pass(SWEEP_MS * 1.2);
    aws.readError = awsError("circuit", { code: "AccessDenied" });
    await fake.clock.pass(SWEEP_MS * 1.2);

    const { effective: found } = await described.state();
    expect(found).toMatchObject({
      kind: "read",
      failing: { reason: expect.stringContaining("AccessDenied") },
    });
    expect(found.kind === "read" && Date.parse(found.readAt) < fake.clock.nowMs() - SWEEP_MS / 2).toBe(true);
  });
});

const boundaryOf = (statement: object): FakeAws["live"]["policies"] =>
  new Map(
    [...aws.live.policies].map(([arn, reading]) => [
      arn,
      reading.kind === "present"
        ? {
            kind: "present",
            value: {
              ...reading.value,
              versions: reading.value.versions.map((version) => ({
                ...version,
                text: documentOf(statement as never),
              })),
            },
          }
        : reading,
    ]),
  );
