import { describe, expect, test } from "@jest/globals";
import { fakeState, manifest } from "../../support/screens/api-world.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";

const api = new ApiCli();
const READ_MS = Date.parse(NOW) - 180_000;
const FAILING = { sinceMs: Date.parse(NOW) - 7_200_000, reason: "organizations:ListAccounts: AccessDenied" };

type View = FakeState["overview"]["accountSets"][number];

/** A list of two accounts, one of which is not in effect, and a set over an organization with one account. */
function withSets(view: Partial<View> | null): Pick<FakeState, "overview" | "objects"> {
  const { overview, objects } = fakeState();
  const [prod] = overview.accounts;
  if (prod === undefined) throw new Error("the world of this test has no account");
  const found = {
    ...prod,
    name: "sandbox-200000000001",
    declared: { ...prod.declared, set: "sandboxes" },
  };
  const set = (name: string, spec: object) =>
    manifest({
      kind: "AccountSet",
      name,
      namespace: "platform",
      file: `platform/${name}.yaml`,
      document: JSON.stringify({ spec }),
    });
  return {
    overview: {
      ...overview,
      accounts: view === null ? [prod] : [prod, found],
      accountSets:
        view === null ? [] : [{ name: "sandboxes", readAtMs: READ_MS, failing: null, left: [], ...view }],
    },
    objects: [
      ...objects,
      set("listed", { accounts: [{ name: "prod", id: "111122223333" }, { name: "other" }, 7] }),
      set("sandboxes", { organization: {} }),
    ],
  };
}

async function rows(view: Partial<View> | null, ...more: readonly string[]): Promise<readonly string[]> {
  await api.start({ state: withSets(view) });
  const { code, out } = await api.run(["get", "accountsets", ...more]);
  expect(code).toBe(0);
  return out.trimEnd().split("\n");
}

describe("get accountsets", () => {
  test("shows how many accounts each set adds now, and when its organization was read", async () => {
    expect(await rows({})).toEqual([
      "NAME       ACCOUNTS  ORGANIZATION  FILE",
      "listed            1  -             platform/listed.yaml:1",
      "sandboxes         1  read 3m ago   platform/sandboxes.yaml:1",
    ]);
  });

  test.each<[string, Partial<View> | null, string]>([
    ["cannot be read", { failing: { ...FAILING, fix: null } }, "read failed for 2h"],
    ["was not read by this process", { readAtMs: null }, "not read yet"],
    ["is of a set with an error", null, "not in effect"],
  ])("an organization that %s is shown as such", async (_, view, text) => {
    expect((await rows(view)).at(-1)).toContain(`  ${text}  `);
  });

  test("-o wide names the accounts", async () => {
    expect((await rows({}, "-o", "wide")).at(-1)).toContain("sandbox-200000000001");
  });

  test("a token of one namespace sees none", async () => {
    const server = await api.start({ state: withSets({}) });
    expect((await server.get("/accountsets", ORDERS_TOKEN)).json.items).toEqual([]);
  });
});
