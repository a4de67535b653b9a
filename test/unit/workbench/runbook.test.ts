import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { ITEM_KINDS } from "../../../src/api/action-required.ts";
import { COMMANDS } from "../../../src/compose/commands.ts";
import { knownRunbook } from "../../../src/workbench/runbooks/command.ts";
import { runbookFacts, runbookLines } from "../../../src/workbench/runbooks/runbook-screen.ts";
import {
  runbookNames,
  RUNBOOK_NAMES,
  RUNBOOKS,
  runbookOf,
} from "../../../src/workbench/runbooks/runbooks.ts";
import { cli } from "../../support/screens/cli.ts";

const ROOT = join(import.meta.dirname, "../../..");
const RULES = parse(readFileSync(join(ROOT, "deploy/prometheus/grantkeeper.rules.yml"), "utf8")) as {
  groups: { rules: { alert: string }[] }[];
};

describe("every name", () => {
  const names = Object.values(RUNBOOK_NAMES).flatMap((one) => Object.entries(one));

  test.each(names)("%s leads to the runbook %s", (name, id) => {
    expect(runbookOf(name)?.id).toBe(id);
  });

  test("is of one runbook only", () => {
    const byName = Map.groupBy(names, ([name]) => name.toLowerCase());
    const ambiguous = [...byName].filter(([, all]) => new Set(all.map(([, id]) => id)).size > 1);

    expect(ambiguous).toEqual([]);
  });

  test("with which `status` begins an item is there, as it is shown", () => {
    const shown = ITEM_KINDS.map((kind) => kind.replace("-", " "));

    expect(shown.filter((word) => runbookOf(word) === undefined)).toEqual([]);
    expect(runbookOf("no role")?.id).toBe("role-not-used");
  });

  test.each(["Ready", "Reconciling", "Stalled"])(
    "of the condition %s is that of its reason: the hint names how to see it",
    (type) => {
      expect(() => knownRunbook(type)).toThrow(
        expect.objectContaining({
          message: `the condition ${type} has a runbook for each of its reasons`,
          fix: expect.stringContaining("grantkeeper describe"),
        }),
      );
    },
  );

  test("of the rules of Prometheus is there, and no other", () => {
    const alerts = RULES.groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));

    expect(Object.keys(RUNBOOK_NAMES.rules).sort()).toEqual(alerts.sort());
  });
});

describe.each(RUNBOOKS)("the runbook $id", (runbook) => {
  const texts = [runbook.means, runbook.risk, ...runbook.steps, runbook.over, ...runbook.see.flat()];
  const inCode = texts.flatMap((text) =>
    [...text.matchAll(/`grantkeeper ([^`]+)`/g)].map(([, line = ""]) => line),
  );
  const shown = runbook.see.flatMap(([command]) =>
    command.startsWith("grantkeeper ") ? [command.slice(12)] : [],
  );

  test("has a way to see it, steps, and an end", () => {
    expect([runbook.see.length, runbook.steps.length].every((count) => count > 0)).toBe(true);
    expect(texts.filter((text) => text.trim() === "")).toEqual([]);
  });

  test("shows under `See it` only commands, which a person can run as they are", () => {
    const programs = ["grantkeeper", "du", "grep"];

    expect(
      runbook.see.map(([command]) => command.split(" ")[0]).filter((name = "") => !programs.includes(name)),
    ).toEqual([]);
  });

  test("names only commands and options that exist", async () => {
    const wrong: string[] = [];
    for (const line of [...inCode, ...shown]) {
      const name = COMMANDS.map((one) => one.name).find((one) => line === one || line.startsWith(`${one} `));
      const help = name === undefined ? "" : (await cli([...name.split(" "), "--help"])).out;
      const known = new Set(help.match(/(?<=\s)--?[a-z][\w-]*/gi));
      const options = line.match(/(?<=\s)--?[a-z][\w-]*/gi) ?? [];
      if (name === undefined || options.some((option) => !known.has(option))) wrong.push(line);
    }

    expect(wrong).toEqual([]);
  });

  test("refers only to runbooks that exist", () => {
    const referred = inCode.flatMap((line) => /^runbook (?!NAME)(\S+)/.exec(line)?.[1] ?? []);

    expect(referred.filter((id) => runbookOf(id) === undefined)).toEqual([]);
  });
});

test("a runbook that no alert and no reason leads to is referred to by another one", () => {
  const lone = RUNBOOKS.filter(
    (one) => runbookNames(one).length === 0 && !Object.values(RUNBOOK_NAMES).some((of) => one.id in of),
  );
  const texts = RUNBOOKS.flatMap(({ steps }) => steps).join("\n");

  expect(lone.filter(({ id }) => !texts.includes(`grantkeeper runbook ${id}`)).map(({ id }) => id)).toEqual(
    [],
  );
});

describe("grantkeeper runbook", () => {
  test("shows what it means, what is at risk, what to do and when it is over", async () => {
    const { code, out } = await cli(["runbook", "grantkeeperstatediskfull"], { terminal: { columns: 80 } });

    expect(code).toBe(0);
    expect(out.split("\n").filter((text) => /^\S/.test(text))).toEqual([
      "The disk of the state directory is nearly full",
      "What it means",
      "What is at risk",
      "See it",
      "What to do",
      "It is over when",
      "Alerts and reasons",
    ]);
    expect(out).toContain("  1. Remove what does not belong there");
    expect(out).not.toMatch(/[\][]/);
  });

  test("wraps every text, also one that begins with a command, and marks where commands and messages end", async () => {
    const { out } = await cli(["runbook", "GrantkeeperDown"], { terminal: { columns: 80 } });
    const screens = RUNBOOKS.map((one) =>
      runbookLines(runbookFacts(one), { width: 80, rowWidth: 80, isWide: false }).join("\n"),
    );

    expect(out).toContain("  3. `… is in use by another controller`: two processes");
    expect(screens.flatMap((screen) => screen.split("\n")).filter((line) => line.length > 80)).toEqual([]);
  });

  test("lists all without a name", async () => {
    const { code, out } = await cli(["runbook"]);

    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(RUNBOOKS.length + 1);
  });

  test("proposes the nearest name for one that does not exist", () => {
    expect(() => knownRunbook("AccesDenied")).toThrow(
      expect.objectContaining({
        message: 'no runbook has the name "AccesDenied"',
        fix: 'did you mean "AccessDenied"?',
      }),
    );
  });
});
