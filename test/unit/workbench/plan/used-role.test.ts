import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { LiveState } from "../../../../src/controller/ports/live-state.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { compileTexts, PLATFORM_FILES } from "../../../support/manifests.ts";
import { withFunction, withRole } from "../../../support/pass/apply.ts";
import { allow, documentOf } from "../../../support/pass/bindings.ts";
import { liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { API, grants, writeManifests } from "../../../support/screens/plan-command.ts";
import { EMPTY, planLive } from "./live-world.ts";
import { ok, orThrow } from "../../../../src/model/values/result.ts";

const FILES = { ...PLATFORM_FILES, [API]: grants(["orders"]) };
const BINDING = checked([...compileTexts(FILES).desired.bindings.values()][0]);
const SHARED = "arn:aws:iam::222222222222:role/shared" as Arn;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-plan-"));
  await writeManifests(root, FILES);
});
afterEach(() => rm(root, { recursive: true }));

/** The function runs on `role/shared`, which is as declared but for `change`. */
const onShared = (change: Partial<LiveRole>): LiveState => ({
  ...EMPTY,
  sweep: async (...args) => {
    const role = liveRoleOf(BINDING, { name: "shared", path: "/", arn: SHARED, tags: [], ...change });
    const live = withRole(orThrow(await EMPTY.sweep(...args)), role);
    return ok(withFunction(live, BINDING.region, liveFunctionOf(BINDING, { roleArn: SHARED })));
  },
});

const READ_ORDERS = /^ *[+] dynamodb read/m;

test("a new role with the permissions of the present one is no new permission of its function", async () => {
  const { out } = await planLive(root, onShared({}));

  expect(out).toContain("note:  same permissions as role shared, which the function uses now (proved)");
  expect(out).not.toMatch(READ_ORDERS);
  expect(out).toContain("iam:CreateRole");
});

test("only what differs from the present role is a change", async () => {
  const more = { name: "more", text: documentOf(allow("dynamodb:DeleteItem")) };
  const { inline } = liveRoleOf(BINDING);

  const { out } = await planLive(root, onShared({ inline: [...inline, more] }));

  expect(out).toContain("note:  only the differences to role shared, which the function uses now");
  expect(out).not.toMatch(READ_ORDERS);
  expect(out).toMatch(/^ *- dynamodb:DeleteItem/m);
});

test("all permissions of the new role are shown if a part of the present one was not read", async () => {
  const attachments = ["arn:aws:iam::aws:policy/ReadOnlyAccess" as Arn];

  const { out } = await planLive(root, onShared({ attachments }));

  expect(out).toContain("note:  not compared with role shared, which the function uses now: the");
  expect(out).toContain("document of arn:aws:iam::aws:policy/ReadOnlyAccess was not read");
  expect(out).toMatch(READ_ORDERS);
});
