import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { functionText, NARROW_PLATFORM_FILES } from "../../../support/manifests.ts";
import { cli } from "../../../support/screens/cli.ts";
import { writeManifests } from "../../../support/screens/plan-command.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-cli-"));
});
afterEach(() => rm(root, { recursive: true }));

test("validate shows the lines that end a finding of a rule", async () => {
  const spec =
    "  grants:\n    - dynamodb: {table: orders, allow: [write]}\n    - sqs: {queue: orders, allow: [send]}\n";
  await writeManifests(root, {
    ...NARROW_PLATFORM_FILES,
    "teams/orders/api.yaml": functionText("api", spec),
  });

  const shown = await cli(["validate", root]);
  const json = await cli(["validate", root, "-o", "json"]);
  const sarif = await cli(["validate", root, "-o", "sarif"]);

  expect(shown.out).toContain(
    `\n\nCORRECTED LINES\n${root}/teams/orders/api.yaml:8: BND-002\n-    - sqs: {queue: orders, allow: [send]}\n\n`,
  );
  expect(JSON.parse(json.out)).toMatchObject({
    corrections: [{ file: "teams/orders/api.yaml", line: 8, endLine: 8, after: null }],
  });
  expect(sarif.out).toContain('"fixes"');
});
