import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../../support/screens/cli.ts";
import { profileText } from "../../../support/profiles.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";
import { PROFILE, mergeOf } from "../../../support/screens/plan-merge.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-merge-"));
});

afterEach(() => rm(root, { recursive: true }));

const PARTLY =
  '  statements: [{reason: x, statement: {Effect: Allow, Action: "dynamodb:Get*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}]\n';

describe("a change of a profile", () => {
  test("that a Team names is shown as a change of the Team, with what it refuses", async () => {
    const team = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: ["*"], functions: ["*"], resources: ["*"]}
`;
    const API_FILE = { [API]: grants(["orders"], PARTLY) };
    await commitBase(root, { ...API_FILE, "platform/team.yaml": team });
    await writeManifests(root, {
      "platform/team.yaml": team.replace("resources", "profile: strict, resources"),
    });

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out).toContain(
      "platform: Team orders changes: profile: + strict\nplatform: ACT-002 would refuse 1 function after an approval: orders/api\n",
    );
    expect(out).not.toContain("GuardrailProfile");
  });

  test("that only breaks its document is an obstacle for what it selected", async () => {
    const profile = profileText("p", "{rules: {ACT-002: block}}");
    const { whyNot } = await mergeOf(
      root,
      { [API]: grants(["orders"]), [PROFILE]: profile },
      { [API]: grants(["orders"]), [PROFILE]: profile.replace("Guardrail", "Gaurdrail") },
    );

    expect(whyNot).toEqual(
      expect.arrayContaining([
        {
          code: "invalid",
          reason: expect.stringContaining("GuardrailProfile p applied here, and is no longer declared"),
        },
      ]),
    );
  });

  test("is shown with what it refuses from then on", async () => {
    await commitBase(root, { [API]: grants(["orders"], PARTLY) });
    await writeManifests(root, { [PROFILE]: profileText("p", "{rules: {ACT-002: block}}") });

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out).toContain(
      "platform: GuardrailProfile p is added\nplatform: ACT-002 would refuse 1 function after an approval: orders/api\n",
    );
  });

  test("is shown with what it no longer refuses", async () => {
    await commitBase(root, {
      [API]: grants(["orders"], PARTLY),
      [PROFILE]: profileText("p", "{rules: {ACT-002: block}}"),
    });
    await writeManifests(root, { [PROFILE]: profileText("p", "{rules: {ACT-002: warn}}") });

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out).toContain(
      "platform: GuardrailProfile p changes: rules.ACT-002: block → warn\nplatform: ACT-002 no longer refuses orders/api\n",
    );
  });
});
