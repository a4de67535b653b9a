import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, type CliRun } from "../../support/screens/cli.ts";
import { finish, intent } from "../../support/record/audit-facts.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";
import { chainOf } from "../../support/record/chain.ts";
import {
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [] });
const DECISION = {
  kind: "approved",
  subject: `sha256:${"7f3a91c2".padEnd(64, "0")}`,
  actor: "dana",
  reason: "CHG-88",
  expiresAt: "2026-12-01T00:00:00.000Z",
  covers: [
    { key: ORDERS_API, permissions: ["+ dynamodb read table/customers"], calls: ["iam:PutRolePolicy"] },
    { key: REFUNDS, permissions: ["+ sqs send queue/refunds"], calls: ["iam:PutRolePolicy"] },
  ],
} as const;

const written = intent({ key: ORDERS_API, after: POLICY, input: { PolicyDocument: POLICY } });
const first = chainOf([written]).entries[0];
if (first === undefined) throw new Error("a chain of one has an entry");
const { entries, lines } = chainOf([written, finish(first, "applied"), DECISION]);

let server: TestServer;
let folder: string;
beforeEach(async () => {
  server = await startTestServer({ state: { ...fakeState(), history: entries } });
  folder = await mkdtemp(join(tmpdir(), "export-"));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const ask = (argv: readonly string[], token = LOCAL_TOKEN): Promise<CliRun> =>
  cli([...argv, "--server", server.url], { env: { GRANTKEEPER_TOKEN: token, NO_COLOR: "1" } });

async function exported(text = `${lines.join("\n")}\n`): Promise<string> {
  const file = join(folder, "audit.jsonl");
  await writeFile(file, text);
  return file;
}

describe("one entry of the record", () => {
  test("is shown with its result, and its policy as a document", async () => {
    const { code, out } = await ask(["audit", "show", "1"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^Entry 1: applied, 2026-11-25T12:00:00.000Z/);
    expect(out).toContain("by Grantkeeper\n");
    expect(out).toContain('  "Version": "2012-10-17"');
    expect(out).toContain("Entry 2: write-finished");
    expect(out).toMatch(/requestId +r1/);
  });

  test("is the same by describe entry, by its result, and from an export", async () => {
    const shown = await ask(["audit", "show", "1", "-o", "json"]);
    const described = await ask(["describe", "entry", "1", "-o", "json"]);
    const read = await cli(["audit", "show", "1", "--export", await exported(), "-o", "json"]);
    const result = await ask(["audit", "show", "2", "-o", "json"]);

    expect(described.out).toBe(shown.out);
    expect(JSON.parse(read.out)).toEqual(JSON.parse(shown.out));
    expect(JSON.parse(result.out)).toMatchObject({ entry: { seq: 2 }, related: { seq: 1 } });
  });

  test("that does not exist is named", async () => {
    expect(await ask(["audit", "show", "99"])).toMatchObject({ code: 1, out: "" });
    expect((await ask(["audit", "show", "soon"])).err).toContain('"soon" is not the number of an entry');
    expect((await cli(["audit", "show", "99", "--export", await exported()])).err).toContain(
      "there is no entry 99\nhint:  the file has the entries 1 to ",
    );
    expect((await ask(["audit", "show", "99"])).err).toContain("hint:  the entries that it may see");
  });

  test.each([
    { archive: "audit-1-120.jsonl", hint: "audit show 17 --export audit-1-120.jsonl" },
    { archive: null, hint: "audit.archive was not configured" },
  ])("that retention removed is named, with its archive: $archive", async ({ archive, hint }) => {
    const before = "2026-01-01T00:00:00.000Z";
    const removal = { kind: "entries-removed", first: 10, upTo: 120, head: "0", before, archive } as const;
    const chain = chainOf([removal]);
    server.control.state.history = chain.entries;

    const asked = await ask(["audit", "show", "17"]);
    const read = await cli(["audit", "show", "17", "--export", await exported(chain.lines.join("\n"))]);

    for (const { code, err } of [asked, read]) {
      expect(code).toBe(1);
      expect(err.replaceAll(/\s+/g, " ")).toContain(
        "entry 17 was removed by retention: entries 10 to 120, up to the checkpoint in entry 121, on 2026-11-25 (entry 1)",
      );
      expect(err.replaceAll(/\s+/g, " ")).toContain(hint);
    }
    expect((await ask(["audit", "show", "17"], ORDERS_TOKEN)).err).toContain("that this token may see");
    expect((await ask(["audit", "show", "121"])).err).toContain("that this token may see");
  });

  test("of another namespace is not shown to a token, and of a decision only what covers its own", async () => {
    const decision = await ask(["audit", "show", "3", "-o", "json"], ORDERS_TOKEN);

    expect(decision.out).toContain("orders-api");
    expect(decision.out).not.toContain("refunds");
    server.control.state.history = chainOf([intent({ key: REFUNDS })]).entries;
    expect((await ask(["audit", "show", "1"], ORDERS_TOKEN)).code).toBe(1);
  });
});

describe("a history from an export", () => {
  test("has the target's own entries and the decisions that cover it", async () => {
    const file = await exported();

    const all = await cli(["history", "--export", file, "-o", "name"]);
    const one = await cli(["history", "orders/orders-api", "--export", file, "-o", "name"]);
    const other = await cli(["history", "nothing/here", "--export", file]);

    expect(all.out).toBe("3\n1\n");
    expect(all.err).toContain("to prove that it is unchanged");
    expect(one.out).toBe("3\n1\n");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('"nothing/here" not found') });
    expect(other.err).toContain(`grantkeeper history --export ${file}`);
    expect(other.err).not.toContain("get bindings");
  });

  test("that was changed ends at the line that is no entry", async () => {
    const file = await exported(lines.join("\n").replace("CHG-88", "CHG-99"));

    expect(await cli(["history", "--export", file])).toMatchObject({
      code: 3,
      err: expect.stringContaining("audit.jsonl:3: its content does not have the hash that it names"),
    });
  });

  test("cannot be watched", async () => {
    expect(await cli(["history", "--watch", "--export", await exported()])).toMatchObject({ code: 1 });
  });
});
