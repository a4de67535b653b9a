import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import stringWidth from "string-width";
import { LISTING_NAMES } from "../../../src/cli/resources/resources.ts";
import { fakeState, manifest } from "../../support/screens/api-world.ts";
import { COVERAGE } from "../../support/screens/world-coverage.ts";
import { PAYMENTS_SUBJECT } from "../../support/screens/world-keys.ts";
import type { DesiredWindow } from "../../../src/model/windows/change-window.ts";
import { ACTIVE, LOST, replica } from "../../support/screens/world-replicas.ts";
import { cli } from "../../support/screens/cli.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

const WIDTH = 80;
/** Without the indentation of its line. */
const MARGIN = 70;
/** The longest that the manifests allow. */
const LONGEST: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/orders-api|refunds|ledger/g, (name) => name.padEnd(63, "x")],
  [/(?<=^|\/|@)(orders|payments)(?=\/|$)/g, (name) => name.padEnd(63, "x")],
  [/^prod$/g, (name) => name.padEnd(63, "x")],
  [/^(dana|ord-77|ref-1|sandboxes)$/g, (name) => name.padEnd(63, "x")],
];

/** The same with every name as long as it may be, in texts, keys and documents. */
function longNames(value: unknown): unknown {
  if (typeof value === "string")
    return LONGEST.reduce((text, [pattern, name]) => text.replace(pattern, name), value);
  if (Array.isArray(value)) return value.map(longNames);
  if (value instanceof Map)
    return new Map([...value].map(([key, member]) => [longNames(key), longNames(member)]));
  if (value instanceof Set) return new Set([...value].map(longNames));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, longNames(member)]));
}

/** A line of a document, which is copied as it is. */
const OF_DOCUMENT = /^ +"\w+": /;

/** Lines that pass the margin, but for those with one word that is longer than a line: a target, a digest, a path, an ARN. */
function tooWide(text: string): readonly string[] {
  return text.split("\n").filter((line) => {
    const longest = Math.max(...line.split(" ").map((word) => stringWidth(word)));
    const isUncut = longest > MARGIN || OF_DOCUMENT.test(line);
    return stringWidth(line) > WIDTH && !(isUncut && stringWidth(line) - longest < WIDTH);
  });
}

const WINDOW: DesiredWindow = {
  name: "payments-and-orders-in-office-hours",
  scope: { accounts: ["production-in-the-european-union"], namespaces: ["orders", "payments"] },
  schedule: {
    zone: "Europe/Berlin",
    openings: [{ day: "mon", atMinute: 0, lengthMs: 60_000 }],
    overrunMs: 0,
  },
  after: { accounts: ["staging-in-the-european-union"], verifiedForMs: 60_000 },
  origin: { file: "platform/windows.yaml", line: 3, column: 1, path: "" },
};

let server: TestServer;
beforeAll(async () => {
  const world = fakeState();
  const set = manifest({
    kind: "AccountSet",
    namespace: "platform",
    name: "sandboxes",
    file: "platform/all.yaml",
  });
  const state = longNames({
    ...world,
    coverage: [COVERAGE],
    overview: {
      ...world.overview,
      replicas: [ACTIVE, replica("grantkeeper-7d9f8b6c5d-x2x4z"), LOST],
      windows: [WINDOW],
    },
    objects: [...world.objects, set],
  }) as typeof world;
  server = await startTestServer({ state });
});
afterAll(() => server.close());

async function shown(argv: readonly string[]): Promise<string> {
  const { out, err } = await cli([...argv, "--server", server.url], {
    env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN, NO_COLOR: "1" },
    terminal: { isTerminal: true, columns: WIDTH },
  });
  return `${out}${err}`;
}

describe("with the longest names, in 80 columns", () => {
  // The world has no wave: test/unit/cli/waves.test.ts shows them.
  test.each(LISTING_NAMES.filter((name) => name !== "waves"))(
    "get %s fits, but for names that are never cut",
    async (name) => {
      const text = await shown(["get", name, "--all"]);

      expect(tooWide(text)).toEqual([]);
      expect(text).not.toMatch(/^error/m);
      expect(text.split("\n").length).toBeGreaterThan(2);
    },
  );

  test.each(["drift", "orphans", "holds"])("get %s cuts no text: it is the reason to look", async (name) => {
    expect(await shown(["get", name, "--all"])).not.toContain("…");
  });

  test.each([
    [["status"]],
    [["history"]],
    [["describe", `${"orders".padEnd(63, "x")}/${"orders-api".padEnd(63, "x")}`]],
    [["describe", "hold", PAYMENTS_SUBJECT.slice(7, 15)]],
    [["describe", "entry", "2"]],
    [["suspend", `${"orders".padEnd(63, "x")}/`, "--for", "1h", "--reason", "a reason"]],
    [["approve", PAYMENTS_SUBJECT.slice(7, 15), "--reason", "a reason"]],
  ])("%j fits, but for names that are never cut", async (argv) => {
    const text = await shown(argv);

    expect(tooWide(text)).toEqual([]);
  });
});
