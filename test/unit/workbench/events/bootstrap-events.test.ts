import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { EventStacks } from "../../../../src/workbench/events/event-stacks.ts";
import { PLATFORM_FILES } from "../../../support/manifests.ts";
import { BOOTSTRAP_SETTINGS } from "../../../support/screens/bootstrap.ts";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";

const QUEUE = "https://sqs.eu-west-1.amazonaws.com/999900001111/changes";
const CHINA = "https://sqs.cn-northwest-1.amazonaws.com.cn/222222222222/changes";
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-events-"));
  await mkdir(join(root, "platform"));
  for (const [path, text] of Object.entries(PLATFORM_FILES)) await writeFile(join(root, path), text);
});
afterEach(() => rm(root, { recursive: true }));

interface Properties {
  readonly StackSetName: string;
  readonly TemplateBody: string;
  readonly StackInstancesGroup: readonly {
    readonly DeploymentTargets: { readonly Accounts: readonly string[] };
    readonly Regions: readonly string[];
  }[];
}

interface Given {
  readonly queueUrl?: string;
  readonly accounts?: readonly string[];
  readonly hasBaseRole?: boolean;
}

const events = (argv: readonly string[], { queueUrl, accounts, hasBaseRole = true }: Given) =>
  cli(["bootstrap", "events", ...argv, "--dir", root, "--config", "x"], {
    installation: {
      config: {
        ...TEST_CONFIG,
        bootstrap: hasBaseRole ? BOOTSTRAP_SETTINGS : null,
        changeEvents: queueUrl === undefined ? [] : [{ queueUrl, accounts: accounts ?? ["222222222222"] }],
      },
    },
  });

describe("bootstrap events", () => {
  test("prints the templates, and writes one file for each", async () => {
    const printed = await events([], { queueUrl: QUEUE });
    const written = await events(["--format", "cloudformation", "--out", join(root, "out")], {
      queueUrl: QUEUE,
    });

    expect([printed.code, written.code]).toEqual([0, 0]);
    const { stacks } = JSON.parse(printed.out) as EventStacks;
    expect((await readdir(join(root, "out"))).sort()).toEqual(
      stacks.map(({ accountId, region, name }) => `${accountId}-${region}-${name}.json`).sort(),
    );
  });

  test("writes a module of Terraform for each account and region, with the same template as text", async () => {
    const printed = await events([], { queueUrl: QUEUE });
    await events(["--format", "terraform", "--out", join(root, "out")], { queueUrl: QUEUE });

    const { stacks } = JSON.parse(printed.out) as EventStacks;
    for (const { accountId, region, name, template } of stacks) {
      const path = join(root, "out", `${accountId}-${region}-${name}`, "grantkeeper.tf.json");
      const { resource } = JSON.parse(await readFile(path, "utf8")) as {
        readonly resource: {
          readonly aws_cloudformation_stack: { readonly change_events: Readonly<Record<string, unknown>> };
        };
      };
      const { change_events: stack } = resource.aws_cloudformation_stack;
      expect(stack["name"]).toMatch(/^[a-zA-Z][a-zA-Z0-9-]{0,127}$/);
      // Terraform reads `${` and `%{` as its own.
      expect(String(stack["template_body"])).not.toMatch(/[$%]\{/);
      expect(JSON.parse(String(stack["template_body"]))).toEqual(template);
    }
    expect((await readdir(join(root, "out"))).length).toBe(stacks.length);
  });

  test("prints a stack set for each account and region, the queues before the rules that forward to them", async () => {
    const printed = await events([], { queueUrl: QUEUE });
    const { code, out } = await events(["--format", "stackset"], { queueUrl: QUEUE });

    expect(code).toBe(0);
    const { stacks } = JSON.parse(printed.out) as EventStacks;
    const { Resources } = JSON.parse(out) as {
      readonly Resources: Readonly<
        Record<string, { readonly DependsOn?: unknown; readonly Properties: Properties }>
      >;
    };
    const sets = Object.values(Resources);
    expect(
      sets.map(({ DependsOn, Properties: { StackInstancesGroup: groups, TemplateBody } }) => ({
        DependsOn,
        place: groups.map(({ DeploymentTargets: { Accounts }, Regions }) => [...Accounts, ...Regions]),
        template: JSON.parse(TemplateBody) as unknown,
      })),
    ).toEqual(
      stacks.map(({ kind, accountId, region, template }) => ({
        DependsOn: kind === "queue" ? undefined : ["Events1"],
        place: [[accountId, region]],
        template,
      })),
    );
    const names = sets.map(({ Properties: { StackSetName } }) => StackSetName);
    expect(new Set(names).size).toBe(stacks.length);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9-]{0,127}$/);
  });

  test.each<readonly [because: string, argv: readonly string[], given: Given, message: string]>([
    ["there is no queue", [], {}, "changeEvents names no queue"],
    ["the queue is in another partition", [], { queueUrl: CHINA }, "in another partition than its account"],
    ["there is no base role", [], { queueUrl: QUEUE, hasBaseRole: false }, "bootstrap.baseRole is missing"],
    [
      "an account has no manifest",
      [],
      { queueUrl: QUEUE, accounts: ["333333333333"] },
      "no AwsAccount declares: 333333333333",
    ],
    [
      "the templates have no folder",
      ["--format", "cloudformation"],
      { queueUrl: QUEUE },
      "a file of its own",
    ],
  ])("is refused if %s", async (_, argv, given, message) => {
    const { code, err } = await events(argv, given);

    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });
});
