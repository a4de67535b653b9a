import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import { makeRepository, type TestRepository } from "../support/git/git-repository.ts";
import {
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { allKeys } from "../support/record/all-keys.ts";

/** The same manifests as in a folder of the platform's repository, in another one. */
const below = (folder: string, files: Files): Files =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${folder}/${path.split("/").at(-1) ?? ""}`, text]),
  );

const api = (spec: string): Files => below("deploy", functions(["api"], spec));
const refunds = (spec: string): Files => below("payments/deploy", functions(["refunds"], spec, "payments"));
const ledger = (spec: string): Files => below("ledger/deploy", functions(["ledger"], spec, "ledger"));
const CODE = { "src/handler.ts": "export {};\n", "other.yaml": "kind: FunctionPermission\n" };

/** One service has a repository of its own, two share one. */
describe("repositories of services", () => {
  let root: string;
  let orders: TestRepository;
  let shared: TestRepository;
  let installation: Installation;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "services-"));
    orders = await makeRepository(root, "orders.git");
    shared = await makeRepository(root, "shared.git");
    await orders.commit({ ...CODE, ...api(READ_ORDERS) });
    await shared.commit({ ...CODE, ...refunds(READ_ORDERS), ...ledger(READ_ORDERS) });
    const worldOf = estate({
      ...functions(["api"], READ_ORDERS),
      ...functions(["refunds"], READ_ORDERS, "payments"),
      ...functions(["ledger"], READ_ORDERS, "ledger"),
    });
    installation = await Installation.start({
      files: estate({}),
      worldOf,
      namespaces: [
        { namespace: "orders", repository: orders.bare, path: "deploy" },
        { namespace: "payments", repository: shared.bare, path: "payments/deploy" },
        { namespace: "ledger", repository: shared.bare, path: "ledger/deploy" },
      ],
    });
    await installation.until("a revision is enforced", () => installation.control.readiness().ready);
    await installation.fetched();
    await installation.converge();
  });

  afterAll(async () => {
    await installation.stop();
    await rm(root, { recursive: true, force: true });
  });

  const role = (name: string) => installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)];
  const document = (name: string): string => JSON.stringify(role(name)?.inline ?? {});
  const appliedOf = async (name: string, namespace: string): Promise<string | undefined> =>
    (await allKeys(installation.store)).find(({ key }) => key === keyOf(name, namespace))?.applied?.revision;
  const diagnostics = async (): Promise<readonly string[]> =>
    (await installation.overview()).diagnostics.map(({ origin, message }) => `${origin.file}: ${message}`);

  test("are applied, each at its own revision, also two of one repository at one commit", async () => {
    const revisions = await Promise.all([
      appliedOf("api", "orders"),
      appliedOf("refunds", "payments"),
      appliedOf("ledger", "ledger"),
    ]);

    expect(revisions.map((revision) => revision?.split("@")[0])).toEqual([
      "orders//main",
      "payments//main",
      "ledger//main",
    ]);
    expect(revisions[1]?.split("@")[1]).toBe(revisions[2]?.split("@")[1]);
    expect(await diagnostics()).toEqual([]);
  });

  test("change one namespace by a push, and leave the others as they are", async () => {
    const before = await appliedOf("ledger", "ledger");
    const repositories = { ...CODE, ...refunds(WRITE_ORDERS), ...ledger(READ_ORDERS) };
    await shared.commit(repositories);

    await installation.fetched();
    await installation.settled();

    expect(document("refunds")).toContain("dynamodb:PutItem");
    expect(document("ledger")).not.toContain("dynamodb:PutItem");
    expect(await appliedOf("ledger", "ledger")).not.toBe(before);
  });

  test("go on while another one is gone, and after a restart in between", async () => {
    const before = document("refunds");
    const spec = "  role: {description: Reads the orders}\n";
    await rename(shared.bare, `${shared.bare}.gone`);
    try {
      await orders.commit({ ...CODE, ...api(READ_ORDERS + spec) });
      await installation.restart();
      await installation.until("a revision is enforced", () => installation.control.readiness().ready);
      installation.control.fetchSoon(
        "test",
        (await installation.overview()).namespaceSources.map(({ namespace }) => namespace),
      );
      await installation.until("the failures are shown", async () =>
        (await installation.overview()).namespaceSources.every(
          ({ namespace, failure }) => (failure === null) === (namespace === "orders"),
        ),
      );
      await installation.settled();

      expect(role("api")?.description).toBe("Reads the orders");
      expect(await diagnostics()).toEqual([]);
      expect(document("refunds")).toBe(before);
    } finally {
      await rename(`${shared.bare}.gone`, shared.bare);
    }
    await installation.fetched();

    const { namespaceSources } = await installation.overview();
    expect(namespaceSources.map(({ failure }) => failure)).toEqual([null, null, null]);
  });
});
