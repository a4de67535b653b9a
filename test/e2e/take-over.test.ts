import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import {
  BOUNDARY,
  estate,
  fileOf,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import {
  addLegacyRole,
  aDayLater,
  LEGACY_DESCRIPTION,
  LEGACY_LISTED,
  LEGACY_ROLE,
  LEGACY_SPEC,
  legacyRole,
  recordOf,
} from "../support/installation/legacy-role.ts";
import { accountText } from "../support/manifests.ts";

const ACCOUNT = accountText("prod", PROD, LEGACY_LISTED);
const DENY_IAM = `      - {Effect: Deny, Action: "iam:*", Resource: "*"}\n`;
const FILES: Files = {
  ...estate({ ...functions(["a"], LEGACY_SPEC), ...functions(["b"], READ_ORDERS) }, ACCOUNT),
  "platform/boundary.yaml": `${BOUNDARY}${DENY_IAM}`,
};
const KEY = keyOf("a");
const DAY_MS = 86_400_000;

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.start({
    files: FILES,
    seed: (world) => addLegacyRole(world, { files: FILES, key: KEY }),
  });
  await installation.converge();
}, 60_000);
afterEach(() => installation.stop());

const role = () => legacyRole(installation);
const record = () => recordOf(installation, KEY);
const writesFrom = (start: number): readonly string[] =>
  installation
    .writes()
    .slice(start)
    .map(({ operation }) => operation);
const stage = async () => (await record()).status?.adoption?.state;
const holds = async () => (await installation.holds()).map(({ code, reason }) => `${code}: ${reason}`);

async function claimed(): Promise<void> {
  await aDayLater(installation, KEY);
  await installation.approveAll();
  await installation.settled();
}

describe("a role that is taken over in place", () => {
  test("is observed, proven, tagged after an approval, changed after another one, and released with its documents", async () => {
    const start = installation.writes().length;
    const before = JSON.stringify(role());
    const observed = await stage();
    await aDayLater(installation, KEY);
    const proven = [await stage(), await holds(), JSON.stringify(role()) === before] as const;
    await installation.approveAll();
    await installation.settled();
    const claimedWrites = writesFrom(start);
    const adopted = [await stage(), (await record()).adoptedRole, await holds()] as const;
    await installation.approveAll();
    await installation.settled();
    await installation.look();
    const enforced = [await stage(), await installation.condition(KEY, "Ready")] as const;
    const documents = JSON.stringify({ ...role(), tags: [] });
    await installation.converge({ ...FILES, ...functions(["a"], `${LEGACY_SPEC}  mode: release\n`) });

    expect(observed).toBe("observed");
    expect(proven).toEqual([
      "proven",
      [
        `take-over: takes over ${LEGACY_ROLE} in place: it gets the two ownership tags, and nothing else of it changes`,
      ],
      true,
    ]);
    expect(claimedWrites).toEqual(["TagRole"]);
    expect(adopted).toMatchObject([
      "adopted",
      {
        arn: LEGACY_ROLE,
        changedAtMs: null,
        former: { description: LEGACY_DESCRIPTION, inline: [{ name: "first" }, { name: "rest" }] },
      },
      [
        `take-over: replaces the policies of ${LEGACY_ROLE}, which was taken over in place, by those that Git declares; boundary platform-default also limits what policies of other resources grant to the role; these were not read`,
      ],
    ]);
    expect(enforced).toMatchObject(["enforced", { status: "True" }]);
    expect(writesFrom(start)).toEqual([
      "TagRole",
      "PutRolePermissionsBoundary",
      "PutRolePolicy",
      "DeleteRolePolicy",
      "DeleteRolePolicy",
      "UpdateRole",
      "UntagRole",
    ]);
    expect(role().tags).toEqual([]);
    expect(JSON.stringify({ ...role(), tags: [] })).toBe(documents);
    expect((await record()).adoptedRole).toBeUndefined();
    const entries = (await installation.entries()).filter(({ kind }) => kind === "role-adopted");
    expect(entries).toMatchObject([
      { role: LEGACY_ROLE, former: { description: LEGACY_DESCRIPTION, boundary: null } },
    ]);
  }, 120_000);

  test("goes back to its recorded bytes by an undo, which waits where an operator must remove the boundary", async () => {
    const before = JSON.stringify(role());
    await claimed();
    await installation.approveAll();
    await installation.settled();
    const undo = async () => (await record()).adoptionUndo;
    const found = await installation.control.undoPlans({ keys: [KEY], acceptChanges: false });
    const subject = found.kind === "ok" ? found.value.subject : null;
    const request = {
      keys: [KEY],
      acceptChanges: false,
      subject: subject ?? "",
      reason: "INC-1",
      forMs: DAY_MS,
    };
    const ordered = await installation.control.orderUndo(request, "dana");

    await installation.until("only the boundary is left", async () => {
      await installation.look();
      return (await undo())?.reason?.includes("delete-role-permissions-boundary") === true;
    });
    const waiting = [(await undo())?.state, role().tags.length];
    delete (role() as { boundaryArn?: string }).boundaryArn;
    await installation.until("the undo is done", async () => {
      await installation.look();
      return (await undo())?.state === "done";
    });
    const undone = JSON.stringify(role());
    await installation.look();

    expect(found).toMatchObject({ value: { plans: [{ finding: { kind: "planned", way: "in-place" } }] } });
    expect(ordered.kind).toBe("ok");
    expect(waiting).toEqual(["running", 2]);
    const entries = await installation.entries();
    expect(entries.filter(({ kind }) => kind === "adoption-undo-stopped")).toEqual([]);
    expect(undone).toBe(before);
    expect(JSON.stringify(role())).toBe(before);
    const { applied, adoptedRole } = await record();
    expect([applied, adoptedRole]).toEqual([null, undefined]);
  }, 120_000);

  test("that was changed between its tags and its policies is recorded again, and an earlier record is never put over it", async () => {
    await claimed();
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "dynamodb:GetItem",
          Resource: `arn:aws:dynamodb:eu-west-1:${PROD}:table/orders`,
        },
      ],
    });
    const command = new PutRolePolicyCommand({ RoleName: "legacy", PolicyName: "third", PolicyDocument });
    await installation.consoleOf(PROD).iam.send(command);
    await installation.settled();

    const { adoptedRole } = await record();

    expect(adoptedRole?.former.inline.map(({ name }) => name)).toEqual(["first", "rest", "third"]);
    expect(adoptedRole?.changedAtMs).toBeNull();
    const entries = (await installation.entries()).filter(({ kind }) => kind === "role-adopted");
    expect(entries).toHaveLength(2);
  }, 120_000);

  test.each([
    { call: "PutRolePermissionsBoundary", fault: { kind: "lost-response" } },
    { call: "PutRolePolicy", fault: { kind: "error", code: "ServiceFailure", message: "no", status: 500 } },
    { call: "DeleteRolePolicy", fault: { kind: "lost-response" } },
  ] as const)(
    "is completed after a restart if $call fails in between, and keeps what it was",
    async ({ call, fault }) => {
      await claimed();
      const { adoptedRole: before } = await record();
      installation.simulator.addFault({ operation: call, kind: fault, times: 1 });
      await installation.approveAll();
      await installation.settled();
      await installation.restart();
      await installation.settled();

      expect(Object.keys(role().inline)).toEqual(["grantkeeper"]);
      expect((await record()).adoptedRole).toMatchObject({ former: before?.former });
      expect(await installation.condition(KEY, "Ready")).toMatchObject({ status: "True" });
    },
    120_000,
  );

  test("is kept when its manifest leaves Git, even with deletionPolicy: delete", async () => {
    await installation.converge({
      ...FILES,
      ...functions(["a"], `${LEGACY_SPEC}  deletionPolicy: delete\n`),
    });
    await claimed();
    await installation.approveAll();
    await installation.settled();
    const rest = { ...FILES };
    delete rest[fileOf("a")];
    const start = installation.writes().length;
    await installation.converge(rest);
    await installation.converge();

    expect(writesFrom(start)).toEqual([]);
    expect(Object.keys(role().inline)).toEqual(["grantkeeper"]);
    expect(await installation.condition(KEY, "Ready")).toMatchObject({
      message: expect.stringContaining("taken over in place"),
    });
  }, 120_000);
});
