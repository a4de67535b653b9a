import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { References } from "../../../../src/controller/ports/estate/references.ts";
import { FakeReferences } from "../../../support/fakes/fake-references.ts";
import { NO_REFERENCES } from "../../../support/fakes/no-references.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";
import { EMPTY, planLive } from "./live-world.ts";

let root: string;
let references: FakeReferences;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-plan-"));
  references = new FakeReferences();
  await commitBase(root);
  await writeManifests(root, { [API]: grants(['"${stack.orders.TableName}"']) });
});
afterEach(() => rm(root, { recursive: true }));

const plan = (reader: References, argv: readonly string[] = []) =>
  planLive(root, EMPTY, argv, { references: reader });

describe("plan against AWS, of manifests with references", () => {
  test("shows what the values mean, and reads each reference once", async () => {
    references.set("stack.orders.TableName", "orders-7F3A");

    const { out } = await plan(references);

    expect(out).toContain("table/orders-7F3A");
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      "reference: orders/api@prod/eu-west-1: ${stack.orders.TableName} = orders-7F3A (output TableName of stack orders)",
    );
    expect(references.reads).toEqual(["stack.orders.TableName"]);
  });

  test("has each reference with its value in JSON, and no applied value without a record", async () => {
    references.set("stack.orders.TableName", "orders-7F3A");

    const { out } = await plan(references, ["-o", "json"]);

    expect((JSON.parse(out) as { references: unknown }).references).toEqual([
      {
        key: "function/222222222222/eu-west-1/orders/api",
        references: [
          {
            text: "stack.orders.TableName",
            source: "output TableName of stack orders",
            value: "orders-7F3A",
            reason: null,
            applied: null,
          },
        ],
      },
    ]);
  });

  test("reports a binding without its value as broken, with the reason, and plans no write for it", async () => {
    const { code, out } = await plan(references);

    expect(code).toBe(3);
    expect(out).toMatch(/is not resolved in\s+account prod, eu-west-1: it does not exist/);
    expect(out).toContain("Plan: 0 functions change, 1 is broken");
  });

  test("of a saved state uses the values that were read with it, and reads none", async () => {
    references.set("stack.orders.TableName", "orders-7F3A");
    const file = join(root, "live.json");
    await plan(references, ["--save-live", file]);

    const { out } = await planLive(root, EMPTY, ["--live-file", file]);

    expect(out).toContain("table/orders-7F3A");
  });

  test("saves and reads nothing of them if no manifest names one", async () => {
    await writeManifests(root, { [API]: grants(["orders"]) });
    const file = join(root, "live.json");

    const { out } = await plan(NO_REFERENCES, ["--save-live", file]);

    expect(out).toContain("table/orders");
    expect(JSON.parse(await readFile(file, "utf8"))).not.toHaveProperty("references");
  });
});
