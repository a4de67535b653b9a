import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
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
      "a template of its own",
    ],
  ])("is refused if %s", async (_, argv, given, message) => {
    const { code, err } = await events(argv, given);

    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });
});
