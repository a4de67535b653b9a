import { ACCOUNT, Described, KEY, texts, effective, pending, OWN_LOGS, READ } from "./described.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { allow, binding, documentOf, REGION } from "../../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../../support/pass/live-state.ts";
import { withFunction } from "../../../support/pass/apply.ts";
import { type FakeAws, awsError } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { type FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";

let described: Described;
let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  described = new Described();
  ({ fake, aws } = described);
});
afterEach(() => fake.stop());

describe("pending changes", () => {
  test("wait for the approval of the first enforcing pass, with its digest", async () => {
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();
    const [hold] = (await fake.control.overview()).holds;

    const state = await described.state();

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

    expect((await described.state()).pending[0]?.reason).toMatchObject({
      kind: "rejected",
      digest: hold?.subject,
      by: "sam",
      reason: "ask the team first",
    });
  });

  test("state that the function is not deployed", async () => {
    await described.converged(`${READ_ORDERS}  invokedBy: [{s3: {bucket: uploads}}]\n`);

    expect(pending(await described.state())).toEqual(["not-deployed +caller s3 uploads"]);
  });

  test("of an addition in AWS show when it is reverted", async () => {
    await described.converged();
    await described.changeFunction({});
    await described.changeRole({
      inline: [...described.role().inline, { name: "hotfix", text: documentOf(allow("sqs:SendMessage")) }],
    });

    const state = await described.state();

    expect(pending(state)).toEqual(["drift -sqs:SendMessage all resources"]);
    const [change] = state.pending;
    expect(change?.remove.lines[0]?.place).toEqual({ kind: "policy", name: "hotfix", arn: null });
    expect(change?.reason.kind === "drift" && Date.parse(change.reason.revertsAt ?? "")).toBeGreaterThan(
      fake.clock.nowMs(),
    );
    expect(change?.hint).toBe("grantkeeper suspend orders/a@prod/eu-west-1 --for 1h --reason TEXT");
  });

  test("are suspended until the suspension ends", async () => {
    await described.converged();
    await described.changeFunction({});
    await described.suspend({ key: KEY });
    await described.push("  grants: [{dynamodb: {table: carts, allow: [read]}}]\n");

    const state = await described.state();

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
    await described.converged();
    await described.changeFunction({});
    await described.push(spec);
    await described.suspend({ key: KEY });

    const state = await described.state();

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

    const { declared } = await described.state();

    expect(declared).toMatchObject({
      permissions: {
        lines: [
          {
            details: [
              "if aws:CurrentTime DateGreaterThan 2026-12-01T00:00:00Z",
              "until 2026-12-31 15:00Z",
              "reason: x",
            ],
          },
          {},
        ],
      },
    });
  });

  test("are only observed in observe", async () => {
    fake.source.push(manifests({ a: `  mode: observe\n${READ_ORDERS}` }));
    await fake.start();

    expect(pending(await described.state())[0]).toMatch(/^observe-only \+dynamodb read/);
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

    const state = await described.state();

    expect(state.pending.map(({ reason }) => reason.kind)).toEqual(["observe-only"]);
    expect(texts(state.pending.flatMap(({ remove }) => remove.lines))).toEqual(["anyone can invoke"]);
    expect(state.pending[0]?.hint).toBeNull();
  });

  test("of a broken manifest name the problem, and effective permissions are not called undeclared", async () => {
    await described.converged();
    await described.changeFunction({});
    await described.push("  grants: [{dynamo: {table: orders, allow: [read]}}]\n");

    const state = await described.state();

    expect(state.declared).toMatchObject({
      kind: "broken",
      message: expect.stringMatching(/a\.yaml:6:.*dynamo/),
    });
    expect(pending(state)).toEqual(["broken"]);
    expect(effective(state)).toEqual([READ, OWN_LOGS]);
  });

  test("of a write that AWS denies show its message, never that it is being applied", async () => {
    await described.converged();
    await described.changeFunction({});
    aws.mishap = () => ({
      kind: "fails",
      error: awsError("circuit", { code: "AccessDenied", message: "no" }),
    });
    await described.push("  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n");

    const state = await described.state();

    expect(pending(state)).toEqual(["failed +dynamodb write table/orders"]);
    expect(state.pending[0]?.reason).toMatchObject({ reason: expect.stringContaining("AccessDenied") });
  });

  test("of a function that left Git show nothing declared", async () => {
    await described.converged();
    await described.changeFunction({});
    fake.source.push(manifests({ b: READ_ORDERS }));
    fake.control.fetchSoon("test", [null]);
    await settled();

    const state = await described.state();

    expect(state.declared.kind).toBe("not-declared");
    expect(effective(state).every((line) => line.startsWith("+"))).toBe(true);
  });
});
