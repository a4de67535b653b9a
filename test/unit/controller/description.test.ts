import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { SuspensionScope } from "../../../src/model/approval.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { liveRole, type LiveRole } from "../../../src/model/live.ts";
import type {
  PendingChange,
  PermissionState,
  SettingDifference,
} from "../../../src/model/answers/permission-state.ts";
import { OWNER_TAG } from "../../../src/model/aws/tag.ts";
import {
  allow,
  binding,
  BOUNDARY,
  deny,
  documentOf,
  liveFunctionOf,
  livePolicyOf,
  OTHER_BOUNDARY,
  REGION,
} from "../../support/pass/bindings.ts";
import { withFunction, withPolicy, withRole } from "../../support/pass/apply.ts";
import { type FakeAws, awsError } from "../../support/fakes/fake-aws.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const HOUR_MS = 3_600_000;
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess" as Arn;

let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});
afterEach(() => fake.stop());

/** Started, approved, applied. */
const converged = (spec = READ_ORDERS) => fake.startConverged(manifests({ a: spec }));

async function push(spec: string): Promise<void> {
  fake.source.push(manifests({ a: spec }));
  fake.control.fetchSoon("test");
  await settled();
  await fake.clock.pass(1_000);
}

async function stateOf(): Promise<PermissionState> {
  const { suspensions, rejections, accounts } = await fake.control.overview();
  const records = await fake.control.keyRecords();
  return fake.control.permissionState(KEY, {
    record: records.find(({ key }) => key === KEY) ?? null,
    account: accounts[0]?.record ?? null,
    suspensions,
    rejections,
  });
}

const texts = (lines: readonly { readonly what: string; readonly on: string }[]): readonly string[] =>
  lines.map(({ what, on }) => `${what} ${on}`.trim());

function effective({ effective: found }: PermissionState): readonly string[] {
  if (found.kind !== "read") return [`unknown: ${found.reason}`];
  return found.permissions.lines.map(({ isDeclared, what, on, place }) => {
    const name = "name" in place ? place.name : "sid" in place ? place.sid : "";
    return `${isDeclared ? "=" : "+"} ${what} ${on} ${name ?? "-"}`;
  });
}

function pending({ pending: changes }: PermissionState): readonly string[] {
  return changes.map(({ reason, add, remove }: PendingChange) =>
    [
      reason.kind,
      ...texts(add.lines).map((text) => `+${text}`),
      ...texts(remove.lines).map((text) => `-${text}`),
    ].join(" "),
  );
}

const role = (): LiveRole => {
  const found = liveRole(aws.live, "a-eu-west-1");
  if (found.kind !== "present") throw new Error("the role was not created");
  return found.value;
};

/** A principal changes the role in the console; the next sweep sees it. */
async function changeRole(change: Partial<LiveRole>): Promise<void> {
  aws.live = withRole(aws.live, { ...role(), ...change });
  await fake.clock.pass(SWEEP_MS * 1.2);
}

async function changeFunction(change: Partial<ReturnType<typeof liveFunctionOf>>): Promise<void> {
  const desired = binding({ name: "a-eu-west-1" }, { functionName: "a", key: KEY });
  aws.live = withFunction(aws.live, REGION, liveFunctionOf(desired, change));
  await fake.clock.pass(SWEEP_MS * 1.2);
}

function known(arn: Arn, text: string): void {
  const policy = { kind: "present", value: { arn, versionId: "v1", text } } as const;
  aws.live = { ...aws.live, awsManaged: new Map(aws.live.awsManaged).set(arn, policy) };
}

const suspend = (scope: Partial<SuspensionScope> = {}): Promise<unknown> =>
  fake.control.suspend(
    {
      scope: { accountId: null, namespace: null, key: null, ...scope },
      reason: "INC-1",
      until: new Date(fake.clock.nowMs() + 8 * HOUR_MS).toISOString(),
    },
    "dana",
  );

const OWN_LOGS = "= own logs /aws/lambda/a grantkeeper";
const READ = "= dynamodb read table/orders, indexes grantkeeper";

describe("effective permissions", () => {
  test("are the permissions of the role, under the names of the declaring grants", async () => {
    await converged();
    await changeFunction({});

    const state = await stateOf();

    expect(effective(state)).toEqual([READ, OWN_LOGS]);
    expect(pending(state)).toEqual([]);
  });

  test("never include permissions that the guard refused", async () => {
    await converged();
    await changeFunction({});
    await push(
      `${READ_ORDERS}  statements: [{reason: x, statement: {Effect: Allow, Action: "dynamodb:*", Resource: "*"}}]\n`,
    );

    const state = await stateOf();

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
    await converged();
    await changeFunction({});
    const passes = '{Effect: Allow, Action: "iam:PassRole", Resource: "*"}';
    await push(`${READ_ORDERS}  statements: [{reason: x, statement: ${passes}}]\n`);

    const state = await stateOf();
    const refused = state.pending.find(({ reason }) => reason.kind === "refused");

    expect(refused?.add.lines.map(({ what, on, details }) => [what, on, ...details])).toContainEqual([
      "iam:PassRole",
      "all resources",
      "without effect: not allowed by the boundary, or denied",
    ]);
  });

  test.each([
    { text: documentOf(allow("*")), shown: ["+ all actions all resources AdministratorAccess"] },
    { text: null, shown: [] },
  ])("name an undeclared attached policy ($shown.length lines)", async ({ text, shown }) => {
    await converged();
    if (text !== null) known(ADMIN, text);
    await suspend();
    await changeRole({ attachments: [ADMIN] });

    const state = await stateOf();

    expect(effective(state)).toEqual([READ, OWN_LOGS, ...shown]);
    const unknown = state.effective.kind === "read" ? state.effective.unknown : [];
    expect(unknown.filter((reason) => reason.includes("AdministratorAccess"))).toEqual(
      text === null
        ? ['policy "AdministratorAccess", not declared, was not read: its permissions are unknown']
        : [],
    );
  });

  test("name an undeclared inline policy, with its own actions regardless of its Sid", async () => {
    await converged();
    const sid = (JSON.parse(role().inline[0]?.text ?? "") as { Statement: { Sid: string }[] }).Statement.find(
      (statement) => statement.Sid.startsWith("DynamodbRead"),
    )?.Sid;
    await suspend();
    await changeRole({
      inline: [...role().inline, { name: "hotfix", text: documentOf(allow("iam:*", "*", sid)) }],
    });

    expect(effective(await stateOf())).toEqual([READ, OWN_LOGS, "+ iam:* all resources hotfix"]);
  });

  test("mark additions to the declared policy itself", async () => {
    await converged();
    const [own] = role().inline;
    const document = JSON.parse(own?.text ?? "") as { Statement: object[] };
    const text = JSON.stringify({
      ...document,
      Statement: [...document.Statement, allow("sqs:SendMessage")],
    });
    await suspend();
    await changeRole({ inline: [{ name: "grantkeeper", text }] });

    expect(effective(await stateOf())).toEqual([
      READ,
      OWN_LOGS,
      "+ sqs:SendMessage all resources grantkeeper",
    ]);
  });

  test("omit permissions that the boundary does not allow, with a note", async () => {
    await converged();
    aws.live = { ...aws.live, policies: boundaryOf(allow("logs:*")) };
    await fake.clock.pass(SWEEP_MS * 1.2);

    const { effective: found } = await stateOf();

    expect(found).toMatchObject({
      kind: "read",
      permissions: { lines: [{ what: "own logs" }] },
      withoutEffect: { lines: [{ what: "dynamodb read" }] },
      boundary: { name: "platform-default", isDeclared: true, isRead: true },
    });
  });

  test("show a Deny, and omit the denied permissions", async () => {
    await converged();
    await suspend();
    await changeRole({ inline: [...role().inline, { name: "stop", text: documentOf(deny("dynamodb:*")) }] });

    const state = await stateOf();

    expect(effective(state)).toEqual([OWN_LOGS, "+ dynamodb:* all resources stop"]);
    expect(state.effective).toMatchObject({
      permissions: { lines: [{ kind: "permission" }, { kind: "denial" }] },
      withoutEffect: { lines: [{ what: "dynamodb read" }] },
    });
  });

  test("are those of the role on which the function runs, even if it is another one", async () => {
    await converged();
    aws.live = withRole(aws.live, {
      ...role(),
      name: "shared",
      path: "/",
      arn: `arn:aws:iam::${ACCOUNT}:role/shared` as Arn,
      inline: [{ name: "all", text: documentOf(allow("s3:*")) }],
    });
    await changeFunction({ roleArn: `arn:aws:iam::${ACCOUNT}:role/shared` });

    const state = await stateOf();

    expect(effective(state)).toEqual(["+ s3:* all resources all"]);
    expect(state.effective).toMatchObject({
      role: { kind: "other", arn: expect.stringMatching(/role\/shared$/) },
    });
  });

  test("are unknown before the first read, and as old as the last one when reads fail", async () => {
    aws.readError = awsError("circuit", { code: "AccessDenied" });
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();

    expect(effective(await stateOf())[0]).toMatch(/^unknown: .*AccessDenied/);

    aws.readError = null;
    await fake.clock.pass(SWEEP_MS * 1.2);
    aws.readError = awsError("circuit", { code: "AccessDenied" });
    await fake.clock.pass(SWEEP_MS * 1.2);

    const { effective: found } = await stateOf();
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

describe("every part of a role that differs from Git is shown as effective and as pending", () => {
  const trustWith = (principal: object): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
    });
  const shown = ({ what, live, declared }: SettingDifference): string =>
    `${what}: ${live ?? "none"} → ${declared ?? "none"}`;

  test.each<{
    readonly part: string;
    readonly change: () => Partial<LiveRole>;
    readonly effective: readonly string[];
    readonly pending: readonly string[];
  }>([
    {
      part: "another principal that may assume it",
      change: () => ({
        trust: trustWith({ Service: "lambda.amazonaws.com", AWS: "arn:aws:iam::999999999999:root" }),
      }),
      effective: ["+ assumed by account 999999999999"],
      pending: ["-assumed by account 999999999999"],
    },
    {
      part: "a trust policy without Lambda",
      change: () => ({ trust: trustWith({ AWS: "arn:aws:iam::999999999999:root" }) }),
      effective: [
        "+ assumed by account 999999999999",
        "trust policy: Lambda cannot assume the role → Lambda can assume the role",
      ],
      pending: ["+assumed by lambda", "-assumed by account 999999999999"],
    },
    {
      part: "an undeclared tag",
      change: () => ({ tags: [...role().tags, { key: "env", value: "dev" }] }),
      effective: ['tag "env": "dev" → none'],
      pending: ['tag "env": "dev" → none'],
    },
    {
      part: "a missing ownership tag",
      change: () => ({ tags: role().tags.filter(({ key }) => key !== OWNER_TAG) }),
      effective: [],
      pending: [`tag "${OWNER_TAG}": none → "orders/a"`],
    },
    {
      part: "the description",
      change: () => ({ description: "x" }),
      effective: ['description: "x" → ""'],
      pending: ['description: "x" → ""'],
    },
    {
      part: "the session length",
      change: () => ({ maxSessionSeconds: 7_200 }),
      effective: ["session length: 2h → 1h"],
      pending: ["session length: 2h → 1h"],
    },
    {
      part: "a missing boundary",
      change: () => ({ boundary: null }),
      effective: ["boundary: none → platform-default"],
      pending: ['boundary: none → "platform-default"'],
    },
    {
      part: "another boundary",
      change: () => ({ boundary: OTHER_BOUNDARY }),
      effective: ["boundary: platform-other → platform-default"],
      pending: ['boundary: "platform-other" → "platform-default"'],
    },
    {
      part: "an attached policy without permissions of its own",
      change: () => ({ attachments: [ADMIN] }),
      effective: [],
      pending: ['policy "AdministratorAccess": attached → none'],
    },
  ])("$part", async (row) => {
    await converged();
    await changeFunction({});
    known(ADMIN, documentOf());
    aws.live = withPolicy(aws.live, livePolicyOf(OTHER_BOUNDARY, [documentOf(allow("*"))]));
    await suspend();
    await changeRole(row.change());

    const state = await stateOf();

    const { effective: found } = state;
    const limit = found.kind === "read" ? found.boundary : null;
    const limited =
      limit === null || limit.isDeclared
        ? []
        : [`boundary: ${limit.kind === "none" ? "none" : limit.name} → ${limit.declaredName ?? "none"}`];
    const settings = found.kind === "read" ? found.settings.map(shown) : [];
    const added = effective(state)
      .filter((text) => text.startsWith("+"))
      .map((text) => text.replace(/ +-?$/, ""));
    expect([...added, ...settings, ...limited]).toEqual(row.effective);
    const [change] = state.pending;
    expect(change?.reason.kind).toBe("suspended");
    expect([
      ...texts(change?.add.lines ?? []).map((text) => `+${text}`),
      ...texts(change?.remove.lines ?? []).map((text) => `-${text}`),
      ...(change?.settings ?? []).map(shown),
    ]).toEqual(row.pending);
  });

  test("permissions of the last applied revision do not count as added in AWS", async () => {
    await converged();
    await suspend();
    await changeRole({
      inline: [...role().inline, { name: "hotfix", text: documentOf(allow("sqs:SendMessage")) }],
    });
    await push("  grants: [{dynamodb: {table: carts, allow: [read]}}]\n");

    const { effective: found } = await stateOf();

    const lines = found.kind === "read" ? found.permissions.lines : [];
    expect(lines.map(({ what, on, wasDeclared }) => [what, on, wasDeclared])).toEqual([
      ["own logs", "/aws/lambda/a", false],
      ["dynamodb read", "table/orders, indexes", true],
      ["sqs:SendMessage", "all resources", false],
    ]);
  });
});

describe("callers", () => {
  const ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:a`;
  const invoke = (sid: string, principal: unknown, condition?: object): object => ({
    Sid: sid,
    Effect: "Allow",
    Principal: principal,
    Action: "lambda:InvokeFunction",
    Resource: ARN,
    ...(condition !== undefined && { Condition: condition }),
  });

  test.each([
    {
      statement: invoke("org", "*", { StringEquals: { "aws:PrincipalOrgID": "o-attacker9999" } }),
      shown: "+ caller anyone organization o-attacker9999 org",
      because: "an organization is named",
    },
    {
      statement: invoke(
        "sns",
        { Service: "sns.amazonaws.com" },
        {
          ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:999999999999:x" },
        },
      ),
      shown: "+ caller sns topic/x in account 999999999999 sns",
      because: "a source of another account names it",
    },
    {
      statement: invoke(
        "s3",
        { Service: "s3.amazonaws.com" },
        {
          ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads" },
          StringEquals: { "AWS:SourceAccount": "999999999999" },
        },
      ),
      shown: "+ caller s3 uploads, account 999999999999 s3",
      because: "a foreign source account is shown with the bucket",
    },
    {
      statement: invoke("open", { Service: "sns.amazonaws.com" }),
      shown: "+ caller sns any source open",
      because: "a service without a source may call for anyone",
    },
    { statement: invoke("all", "*"), shown: "+ caller anyone  all", because: "everyone is anyone" },
    {
      statement: invoke("role", { AWS: "arn:aws:iam::999999999999:role/x" }),
      shown: "+ caller principal role/x in account 999999999999 role",
      because: "a role of another account names it",
    },
  ])("$because", async ({ statement, shown }) => {
    await converged();
    await suspend();
    await changeFunction({ policies: policiesOf(statement) });

    const state = await stateOf();

    expect(effective(state)).toContain(shown);
    expect(state.effective).toMatchObject({ kind: "read", unknown: [] });
  });

  test("that could not be read are unknown, not none", async () => {
    await converged();
    await changeFunction({
      policies: new Map([["", { kind: "unknown", reason: "lambda:GetPolicy: AccessDenied" }]]),
    });

    expect((await stateOf()).effective).toMatchObject({
      unknown: expect.arrayContaining([expect.stringContaining("lambda:GetPolicy: AccessDenied")]),
    });
  });

  test("that Git does not declare and that stay are named as kept", async () => {
    await converged();
    await changeFunction({
      policies: policiesOf(
        invoke(
          "nightly",
          { Service: "events.amazonaws.com" },
          {
            ArnLike: { "AWS:SourceArn": `arn:aws:events:eu-west-1:${ACCOUNT}:rule/nightly` },
          },
        ),
      ),
    });

    const state = await stateOf();

    expect(effective(state)).toContain("+ caller events rule/nightly nightly");
    expect(state.pending.map(({ reason }) => reason)).toEqual([{ kind: "kept", statements: ["nightly"] }]);
  });

  const policiesOf = (statement: object) =>
    new Map([
      [
        "",
        {
          kind: "present",
          value: { text: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }), revisionId: "r" },
        },
      ],
    ] as const);
});

describe("pending changes", () => {
  test("wait for the approval of the first enforcing pass, with its digest", async () => {
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();
    const [hold] = (await fake.control.overview()).holds;

    const state = await stateOf();

    expect(pending(state)[0]).toBe(
      "awaiting-approval +dynamodb read table/orders, indexes +own logs /aws/lambda/a",
    );
    expect(state.pending[0]?.reason).toMatchObject({ digest: hold?.subject });
    expect(state.effective).toMatchObject({ role: { kind: "absent" }, permissions: { lines: [] } });
  });

  test("that an operator rejected show the rejection instead, until the plan changes", async () => {
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();
    const [hold] = (await fake.control.overview()).holds;
    await fake.control.reject({ subject: hold?.subject ?? "", reason: "ask the team first" }, "sam");

    expect((await stateOf()).pending[0]?.reason).toMatchObject({
      kind: "rejected",
      digest: hold?.subject,
      by: "sam",
      reason: "ask the team first",
    });
  });

  test("state that the function is not deployed", async () => {
    await converged(`${READ_ORDERS}  invokedBy: [{s3: {bucket: uploads}}]\n`);

    expect(pending(await stateOf())).toEqual(["not-deployed +caller s3 uploads"]);
  });

  test("of an addition in AWS show when it is reverted", async () => {
    await converged();
    await changeFunction({});
    await changeRole({
      inline: [...role().inline, { name: "hotfix", text: documentOf(allow("sqs:SendMessage")) }],
    });

    const state = await stateOf();

    expect(pending(state)).toEqual(["drift -sqs:SendMessage all resources"]);
    const [change] = state.pending;
    expect(change?.remove.lines[0]?.place).toEqual({ kind: "policy", name: "hotfix", arn: null });
    expect(change?.reason.kind === "drift" && Date.parse(change.reason.revertsAt ?? "")).toBeGreaterThan(
      fake.clock.nowMs(),
    );
    expect(change?.hint).toBe("grantkeeper suspend orders/a@prod/eu-west-1 --for 1h --reason TEXT");
  });

  test("are suspended until the suspension ends", async () => {
    await converged();
    await changeFunction({});
    await suspend({ key: KEY });
    await push("  grants: [{dynamodb: {table: carts, allow: [read]}}]\n");

    const state = await stateOf();

    expect(pending(state)).toEqual([
      "suspended +dynamodb read table/carts, indexes -dynamodb read table/orders, indexes",
    ]);
    expect(effective(state)).toContain("+ dynamodb read table/orders, indexes grantkeeper");
    expect(state.pending[0]?.reason).toMatchObject({ by: "dana", reason: "INC-1" });
    const [suspension] = (await fake.control.overview()).suspensions;
    expect(state.pending[0]?.hint).toBe(`grantkeeper resume ${suspension?.id ?? ""} --reason TEXT`);
  });

  test.each([
    { spec: READ_ORDERS, reasons: ["suspended"], because: "nothing differs" },
    {
      spec: "  grants: [{dynamo: {table: orders, allow: [read]}}]\n",
      reasons: ["broken", "suspended"],
      because: "the manifest is broken",
    },
  ])("state that the function is suspended even while $because", async ({ spec, reasons }) => {
    await converged();
    await changeFunction({});
    await push(spec);
    await suspend({ key: KEY });

    const state = await stateOf();

    expect(state.pending.map(({ reason }) => reason.kind)).toEqual(reasons);
    expect(state.pending.at(-1)?.hint).toMatch(/^grantkeeper resume \w+ --reason TEXT$/);
  });

  test("of a statement that ends show its end once, with the time", async () => {
    fake.source.push(
      manifests({
        a: `  mode: observe
  statements:
    - reason: x
      until: "2026-12-31T15:00:00Z"
      statement:
        Effect: Allow
        Action: sqs:SendMessage
        Resource: arn:aws:sqs:eu-west-1:111122223333:jobs
        Condition: {DateGreaterThan: {"aws:CurrentTime": "2026-12-01T00:00:00Z"}}
`,
      }),
    );
    await fake.start();

    const { declared } = await stateOf();

    expect(declared).toMatchObject({
      permissions: {
        lines: [
          {
            details: ["if aws:currenttime DateGreaterThan 2026-12-01T00:00:00Z", "until 2026-12-31 15:00Z"],
          },
          {},
        ],
      },
    });
  });

  test("are only observed in observe", async () => {
    fake.source.push(manifests({ a: `  mode: observe\n${READ_ORDERS}` }));
    await fake.start();

    expect(pending(await stateOf())[0]).toMatch(/^observe-only \+dynamodb read/);
  });

  test("are only observed in observe, even if they would need an approval", async () => {
    const statement = {
      Sid: "open",
      Effect: "Allow",
      Principal: "*",
      Action: "lambda:InvokeFunction",
      Resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:a`,
    };
    const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    fake.source.push(manifests({ a: `  mode: observe\n${READ_ORDERS}` }));
    const policies = new Map([["", { kind: "present", value: { text, revisionId: "r" } }]] as const);
    const desired = binding({ name: "a-eu-west-1" }, { functionName: "a", key: KEY });
    aws.live = withFunction(aws.live, REGION, liveFunctionOf(desired, { policies }));
    await fake.start();

    const state = await stateOf();

    expect(state.pending.map(({ reason }) => reason.kind)).toEqual(["observe-only"]);
    expect(texts(state.pending.flatMap(({ remove }) => remove.lines))).toEqual(["caller anyone"]);
    expect(state.pending[0]?.hint).toBeNull();
  });

  test("of a broken manifest name the problem, and effective permissions are not called undeclared", async () => {
    await converged();
    await changeFunction({});
    await push("  grants: [{dynamo: {table: orders, allow: [read]}}]\n");

    const state = await stateOf();

    expect(state.declared).toMatchObject({
      kind: "broken",
      message: expect.stringMatching(/a\.yaml:6:.*dynamo/),
    });
    expect(pending(state)).toEqual(["broken"]);
    expect(effective(state)).toEqual([READ, OWN_LOGS]);
  });

  test("of a write that AWS denies show its message, never that it is being applied", async () => {
    await converged();
    await changeFunction({});
    aws.mishap = () => ({
      kind: "fails",
      error: awsError("circuit", { code: "AccessDenied", message: "no" }),
    });
    await push("  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n");

    const state = await stateOf();

    expect(pending(state)).toEqual(["failed +dynamodb write table/orders"]);
    expect(state.pending[0]?.reason).toMatchObject({ reason: expect.stringContaining("AccessDenied") });
  });

  test("of a function that left Git show nothing declared", async () => {
    await converged();
    await changeFunction({});
    fake.source.push(manifests({ b: READ_ORDERS }));
    fake.control.fetchSoon("test");
    await settled();

    const state = await stateOf();

    expect(state.declared.kind).toBe("not-declared");
    expect(effective(state).every((line) => line.startsWith("+"))).toBe(true);
  });
});
