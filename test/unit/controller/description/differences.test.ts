import { Described, texts, effective } from "./described.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { type LiveRole } from "../../../../src/model/live.ts";
import type { SettingDifference } from "../../../../src/model/answers/permission-state.ts";
import { OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import { allow, documentOf, OTHER_BOUNDARY } from "../../../support/pass/bindings.ts";
import { livePolicyOf } from "../../../support/pass/live-state.ts";
import { withPolicy } from "../../../support/pass/apply.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { type FakeController } from "../../../support/fakes/fake-controller.ts";

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess" as Arn;
let described: Described;
let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  described = new Described();
  ({ fake, aws } = described);
});

afterEach(() => fake.stop());

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
      change: () => ({ tags: [...described.role().tags, { key: "env", value: "dev" }] }),
      effective: ['tag "env": "dev" → none'],
      pending: ['tag "env": "dev" → none'],
    },
    {
      part: "a missing ownership tag",
      change: () => ({ tags: described.role().tags.filter(({ key }) => key !== OWNER_TAG) }),
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
    await described.converged();
    await described.changeFunction({});
    described.known(ADMIN, documentOf());
    aws.live = withPolicy(aws.live, livePolicyOf(OTHER_BOUNDARY, [documentOf(allow("*"))]));
    await described.suspend();
    await described.changeRole(row.change());

    const state = await described.state();

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
    await described.converged();
    await described.suspend();
    await described.changeRole({
      inline: [...described.role().inline, { name: "hotfix", text: documentOf(allow("sqs:SendMessage")) }],
    });
    await described.push("  grants: [{dynamodb: {table: carts, allow: [read]}}]\n");

    const { effective: found } = await described.state();

    const lines = found.kind === "read" ? found.permissions.lines : [];
    expect(lines.map(({ what, on, wasDeclared }) => [what, on, wasDeclared])).toEqual([
      ["own logs", "/aws/lambda/a", false],
      ["dynamodb read", "table/orders, indexes", true],
      ["sqs:SendMessage", "all resources", false],
    ]);
  });
});
