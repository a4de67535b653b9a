import { afterEach, describe, expect, test } from "@jest/globals";
import { keyOf } from "../support/installation/estate.ts";
import { commandsIn, filesIn, outputIn, roleArnsIn, sectionOf } from "../support/with-tools/page.ts";
import type { Template } from "../support/with-tools/stack.ts";
import { CDK_BEFORE, cdkMutable, cdkSwitched } from "../support/with-tools/templates/cdk.ts";
import { SAM_BEFORE, samKept, samRoleAlone, samSwitched } from "../support/with-tools/templates/sam.ts";
import {
  SERVERLESS_BEFORE,
  serverlessKept,
  serverlessSwitched,
} from "../support/with-tools/templates/serverless.ts";
import {
  TERRAFORM_BEFORE,
  terraformSwitched,
  terraformWithoutFormerRole,
} from "../support/with-tools/templates/terraform.ts";
import { Walkthrough, type DeployedValues, type Tool } from "../support/with-tools/walkthrough.ts";

interface Page {
  readonly page: string;
  /** What the test checks beyond the switch and the way back. */
  readonly claim: string;
  readonly tool: Tool;
  readonly functions: readonly string[];
  readonly before: Template;
  /** @param roleArns those that the page writes into the tool's file */
  readonly switched: (roleArns: readonly string[]) => Template;
  readonly released: (roleArns: readonly string[]) => Template;
  /** What `describe` shows after the switch of the versions that run. */
  readonly rolesShown: string;
  /** The section on values that the tool creates. */
  readonly values: { readonly heading: string; readonly deployed: DeployedValues };
  /** A mistake that the page warns of, from the state before the switch. */
  readonly mistake?: (roleArns: readonly string[]) => Promise<void>;
}

const BUCKET = "arn:aws:s3:::uploads-9e8d7c";
const PARAMETERS = { "/orders/exports": "exports-5b6a" };
const OUTPUTS = { TableName: "orders-7F3A" };

function ofStack(stack: string): DeployedValues {
  const tags = { "aws:cloudformation:stack-name": stack, purpose: "uploads" };
  return { outputs: OUTPUTS, parameters: PARAMETERS, tags: { [BUCKET]: tags } };
}

const SAM: Page = {
  page: "with-sam.md",
  claim: "without a new version the alias runs on a deleted role, which RoleNotPublished shows",
  tool: { command: "sam deploy", stack: "orders-prod" },
  functions: ["orders-api"],
  before: SAM_BEFORE,
  rolesShown: "orders-api-eu-west-1: $LATEST, version 2 (live)",
  values: { heading: "Name what the stack creates", deployed: ofStack("orders-prod") },
  switched: ([arn = ""]) => samKept(arn),
  released: ([arn = ""]) => samSwitched(arn),
  mistake: async ([arn = ""]) => {
    await walk.run(["sam deploy"], samRoleAlone(arn));
    await walk.installation.look();

    const [, ofAlias] = walk.rolesOf("orders-api");
    expect(walk.hasRole(ofAlias)).toBe(false);
    expect(await readyOf("orders-api")).toMatchObject({ status: "False", reason: "RoleNotPublished" });
  },
};
const CDK: Page = {
  page: "with-cdk.md",
  claim: "without mutable: false, the policy that the CDK adds to the new role is removed",
  tool: { command: "npx cdk deploy", stack: "OrdersStack" },
  functions: ["orders-api"],
  before: CDK_BEFORE,
  rolesShown: "orders-api-eu-west-1: $LATEST, version 2 (live)",
  values: { heading: "Name what the stack creates", deployed: ofStack("OrdersStack") },
  switched: ([arn = ""]) => cdkSwitched(arn),
  released: ([arn = ""]) => cdkSwitched(arn),
  mistake: async ([arn = ""]) => {
    await walk.run(["npx cdk deploy"], cdkMutable(arn));
    const added = walk.inlinePoliciesOf(arn);
    await walk.installation.look();
    await walk.installation.look();

    expect(added).toHaveLength(2);
    expect(walk.inlinePoliciesOf(arn)).toEqual(["grantkeeper"]);
  },
};
const SERVERLESS: Page = {
  page: "with-serverless.md",
  claim: "two functions leave their shared role",
  tool: { command: "npx serverless deploy", stack: "orders-prod" },
  functions: ["orders-prod-api", "orders-prod-worker"],
  before: SERVERLESS_BEFORE,
  rolesShown: "orders-prod-api-eu-west-1: $LATEST",
  values: { heading: "Name what the service creates", deployed: ofStack("orders-prod") },
  switched: ([api = "", worker = ""]) => serverlessKept([api, worker]),
  released: ([api = "", worker = ""]) => serverlessSwitched([api, worker]),
};
const TERRAFORM: Page = {
  page: "with-terraform.md",
  claim: "the alias moves in the same apply",
  tool: { command: "terraform apply", stack: null },
  functions: ["orders-api"],
  before: TERRAFORM_BEFORE,
  rolesShown: "orders-api-eu-west-1: $LATEST, version 2 (live)",
  values: {
    heading: "Name what the configuration creates",
    deployed: {
      parameters: { ...PARAMETERS, "/orders/table": OUTPUTS.TableName },
      tags: { [BUCKET]: { app: "orders", purpose: "uploads" } },
    },
  },
  switched: ([arn = ""]) => terraformSwitched(arn),
  released: ([arn = ""]) => terraformWithoutFormerRole(arn),
};

const WITHIN_MS = 60_000;
let walk: Walkthrough;
afterEach(() => walk.stop());

const commands = ({ page }: Page, heading: string): readonly string[] => commandsIn(sectionOf(page, heading));

/** Import, and the new roles. @returns the ARNs that the page writes into the tool's file */
async function untilSwitch(page: Page): Promise<readonly string[]> {
  walk = await Walkthrough.start(page.tool, page.before);
  await walk.run(commands(page, "Import and compare"));
  for (const note of notesNamedBy(page)) expect(walk.printed[0]).toContain(`  ${note}: `);
  await walk.run(commands(page, `Create the new role${page.functions.length > 1 ? "s" : ""}`));
  return roleArnsIn(sectionOf(page.page, "Switch"));
}

/** The notes of the import's report that the page explains. */
const notesNamedBy = ({ page }: Page): readonly string[] =>
  [...sectionOf(page, "Import and compare").matchAll(/^- `([\w-]+)`:/gm)].map(([, name = ""]) => name);

const readyOf = (name: string) => walk.installation.condition(keyOf(name), "Ready");

/** The roles that invocations use, each once. */
const used = ({ functions }: Page): readonly unknown[] => [
  ...new Set(functions.flatMap((name) => walk.rolesOf(name))),
];

const nameOf = (roleArn: unknown): string | undefined => String(roleArn).split("/").at(-1);

/** What `plan` printed, and what AWS has afterwards. */
async function namesValues(
  { page, values: { heading, deployed }, ...rest }: Page,
  roleArns: readonly string[],
) {
  const section = sectionOf(page, heading);
  walk.leave(deployed);
  await walk.write(filesIn(section));
  const before = walk.printed.length;
  await walk.run(commandsIn(section), rest.released(roleArns));
  return {
    planned: walk.printed[before],
    toolFile: section.split("The manifest of the function:")[0],
    names: Object.keys({ ...deployed.outputs, ...deployed.parameters }),
    shown: outputIn(section),
    granted: walk.inlinePolicyOf("orders-export-eu-west-1"),
    described: walk.printed.at(-1),
  };
}

/** The resource policies. */
const callersOf = ({ functions }: Page): readonly unknown[] =>
  functions.map((name) => structuredClone(walk.functionNamed(name).policies));

describe.each([SAM, CDK, SERVERLESS, TERRAFORM])("docs/$page", (page) => {
  test(
    `switches, goes back, deletes the former role once it is not used, and names values of the tool; ${page.claim}`,
    async () => {
      const roleArns = await untilSwitch(page);
      const [printedArns, [former], callers] = [
        walk.printed.slice(-roleArns.length),
        used(page),
        callersOf(page),
      ];

      await walk.run(commands(page, "Switch"), page.switched(roleArns));
      const [afterSwitch, described] = [used(page), walk.printed.at(-1)];
      await walk.run(commands(page, "Go back"), page.before);
      const [afterReturn, ready] = [used(page), await readyOf(page.functions[0] ?? "")];
      const status = walk.printed.at(-1);
      await page.mistake?.(roleArns);
      await walk.run([page.tool.command], page.switched(roleArns));
      if (page !== CDK) await walk.run(commands(page, "Delete the former role"), page.released(roleArns));
      const ofValues = await namesValues(page, roleArns);

      expect(printedArns.map((text) => text.trim())).toEqual(roleArns);
      expect(described).toMatch(/^In sync/m);
      expect(described).toContain(page.rolesShown);
      expect([afterSwitch, afterReturn, used(page)]).toEqual([roleArns, [former], roleArns]);
      expect(status).toContain("it runs on another role");
      expect(ready).toMatchObject({ status: "False", reason: "RoleNotUsed" });
      expect(walk.hasRole(former)).toBe(false);
      expect(walk.installation.writes().filter(({ input }) => input["RoleName"] === nameOf(former))).toEqual(
        [],
      );
      expect(callersOf(page)).toEqual(callers);
      expect(ofValues.planned).toContain(ofValues.shown);
      for (const text of ["table/orders-7F3A", ":exports-5b6a", `${BUCKET}/*`])
        expect(ofValues.granted).toContain(text);
      for (const text of ofValues.names) expect(ofValues.toolFile).toContain(text);
      expect(ofValues.described).toMatch(/= orders-7F3A\n.*; applied$/ms);
    },
    WITHIN_MS,
  );
});
