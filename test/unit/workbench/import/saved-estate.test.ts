import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { known, type EstatePart } from "../../../../src/adopt/estate/estate.ts";
import { RULES_NOT_ASKED } from "../../../../src/adopt/estate/event-rules.ts";
import { STACKS_NOT_ASKED } from "../../../../src/adopt/estate/role-stacks.ts";
import { loadEstates, saveEstates } from "../../../../src/workbench/import/saved/estate-file.ts";
import {
  customerManaged,
  estate,
  estateFunction,
  estateIam,
  estateRole,
} from "../../../support/adopt/estate.ts";
import { ESTATE, importFolder } from "../../../support/adopt/import-command.ts";
import { cli } from "../../../support/screens/cli.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-saved-"));
});
afterEach(() => rm(root, { recursive: true }));

/** Every alternative of every part. */
const EVERYTHING = estate({
  roleStacks: known(
    new Map([["x", { regions: ["eu-west-1" as never], stack: { kind: "present", value: "shop" } }]]),
  ),
  eventRules: known(
    new Map<string, EstatePart<readonly string[]>>([
      ["arn:x", known(["arn:rule"])],
      [
        "arn:y",
        { kind: "unknown", call: "events:ListRuleNamesByTarget", why: "failed", reason: "Throttling" },
      ],
    ]),
  ),
  functions: [
    ...ESTATE.functions,
    estateFunction("image", {
      code: known({ kind: "container-image" }),
      tags: { kind: "unknown", call: "tag:GetResources", why: "failed", reason: "Throttling" },
      versions: known([{ version: "1", roleArn: "arn:aws:iam::111122223333:role/x" }]),
      aliases: known([{ name: "live", versions: ["1"] }]),
      policies: new Map([["live", known({ text: "{}", revisionId: "r" })]]),
      triggers: known({ eventSources: [{ arn: null, secrets: ["s"] }], destinations: ["d"] }),
    }),
  ],
  iam: known(
    estateIam([estateRole("x", { lastUsedAtMs: "unknown", tags: [{ key: "a", value: "" }] })], {
      policies: new Map([
        customerManaged("own", []),
        ["arn:gone", { kind: "absent" }],
        ["arn:unread", { kind: "unknown", reason: "denied" }],
      ]),
    }),
  ),
});

test("in an estate of a version that did not ask for stacks and rules, nothing was asked", async () => {
  const file = join(root, "estate.json");
  const { roleStacks: _roleStacks, eventRules: _eventRules, ...older } = EVERYTHING;
  await saveEstates(file, [older as typeof EVERYTHING]);

  expect(await loadEstates(file)).toEqual([
    { ...EVERYTHING, roleStacks: STACKS_NOT_ASKED, eventRules: RULES_NOT_ASKED },
  ]);
});

test("an estate that was saved is loaded as it was", async () => {
  await saveEstates(join(root, "estate.json"), [EVERYTHING]);

  expect(await loadEstates(join(root, "estate.json"))).toEqual([EVERYTHING]);
});

describe("a file that is no saved estate is refused", () => {
  test.each([
    { because: "it is no JSON", change: () => "{", where: "" },
    {
      because: "it has another format",
      change: (text: string) => text.replace("estate/2", "estate/1"),
      where: "",
    },
    { because: "it is empty", change: () => "{}", where: "" },
    {
      because: "it has no list of estates",
      change: () => '{"format":"grantkeeper-estate/2"}',
      where: ": estates is not as expected",
    },
    {
      because: "an account has no id",
      change: (text: string) => text.replace('"id":"111122223333"', '"id":"prod"'),
      where: ": estates[0].account.id is not as expected",
    },
    {
      because: "a function has no needs",
      change: (text: string) => text.replace('"needs"', '"wants"'),
      where: ": estates[0].functions[0].needs is not as expected",
    },
    {
      because: "a map is none",
      change: (text: string) => text.replace('"$map":[[""', '"$map":[[1'),
      where: ": estates[0].functions[0].policies is not as expected",
    },
    {
      because: "a part is of no known kind",
      change: (text: string) => text.replace('"kind":"known"', '"kind":"maybe"'),
      where: ": estates[0].functions[0].code.kind is not as expected",
    },
  ])("$because", async ({ change, where }) => {
    const file = join(root, "estate.json");
    await saveEstates(file, [EVERYTHING]);
    await writeFile(file, change(await readFile(file, "utf8")));

    await expect(loadEstates(file)).rejects.toMatchObject({
      name: "CliError",
      message: `${file} is not a saved estate of this version${where}`,
    });
  });

  test("before anything is written", async () => {
    const folder = await importFolder();
    await writeFile(join(folder, "estate.json"), '{"format":"grantkeeper-estate/2","estates":[{}]}');
    const from = ["--from", join(folder, "estate.json"), "--dir", join(folder, "repository")];

    const { code, err } = await cli(["import", "orders-prod", "--namespace", "all", ...from]);

    expect([code, err]).toEqual([1, expect.stringContaining("estates[0].account is not as expected")]);
    expect(await readdir(join(folder, "repository"))).toEqual(["platform"]);
    await rm(folder, { recursive: true });
  });
});
