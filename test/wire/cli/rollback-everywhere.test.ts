import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { SourceView } from "../../../src/controller/ports/control.ts";
import type { ShownPin } from "../../../src/model/keys/source-pin.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { MergePreviewObject, MergeQuestion } from "../../../src/api/questions.ts";
import { liveNotes } from "../../../src/workbench/review/live/live-texts.ts";
import { manifests, READ_ORDERS, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_TOKEN, type Answer } from "../../support/screens/http-server.ts";
import { leaks } from "../../support/screens/tenancy.ts";
import { PAYMENTS_SUBJECT } from "../../support/screens/world-keys.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { revision } from "../../support/git/snapshots.ts";

const api = new ApiCli();

const [OLD, NEW] = ["1", "2"].map((digit) => revision(`main@sha1:${digit.repeat(40)}`)) as [
  ShownPin["revision"],
  ShownPin["revision"],
];
const PIN: ShownPin = {
  revision: OLD,
  from: NEW,
  waiting: NEW,
  actor: "dana",
  reason: "INC-4410 of payments",
  at: NOW,
  until: new Date(Date.parse(NOW) + 3_600_000).toISOString(),
};

/** The platform source, and one of `payments`; `pins`: by the name of the source. */
function withPins(pins: Readonly<Record<string, ShownPin>>): FakeState {
  const state = fakeState();
  const pinned = (source: SourceView): SourceView => {
    const pin = pins[source.name];
    return { ...source, ...(pin !== undefined && { pin }) };
  };
  const own: SourceView = {
    ...state.overview.source,
    name: "payments",
    namespace: "payments" as Namespace,
    held: null,
    failure: null,
  };
  const { source } = state.overview;
  return {
    ...state,
    overview: { ...state.overview, source: pinned(source), namespaceSources: [pinned(own)] },
  };
}

const SCREENS = [
  ["status"],
  ["get", "bindings"],
  ["get", "bindings", "orders/orders-api"],
  ["get", "bindings", "-n", "orders"],
  ["get", "fp"],
  ["get", "sources"],
  ["get", "drift"],
  ["get", "functions"],
  ["describe", "orders/orders-api"],
  ["history"],
  ["history", "orders/orders-api"],
  ["timeline"],
  ["exposed"],
  ["map"],
  ["denials"],
];

const APPROVALS = [
  ["get", "approvals"],
  ["describe", "approval", PAYMENTS_SUBJECT],
  ["get", "bindings", "-n", "payments"],
  ["history", "-n", "payments"],
];

/** All that a screen shows, without its line breaks. */
async function shown(argv: readonly string[], state: FakeState): Promise<string> {
  await api.start({ state });
  const { out, err } = await api.run(argv);
  return `${err}${out}`.replaceAll(/\s+/g, " ");
}

const NAMED = /rolled back to main@1111111 until [^"]+ by dana: "INC-4410 of payments"; main@2222222 waits/;

describe("while a rollback is in force, until when, by whom and why is shown by", () => {
  test.each([
    ...SCREENS.map((argv) => ({ argv, source: "main" })),
    ...APPROVALS.map((argv) => ({ argv, source: "payments" })),
  ])("grantkeeper $argv", async ({ argv, source }) => {
    expect(await shown(argv, withPins({ [source]: PIN }))).toMatch(NAMED);
  });
});

describe("a rollback that has ended before a newer revision is in force is shown as over by", () => {
  test.each([
    ["get", "bindings"],
    ["history", "orders/orders-api"],
    ["describe", "orders/orders-api"],
  ])("grantkeeper %s %s", async (...argv) => {
    expect(await shown(argv, withPins({ main: { ...PIN, ended: true } }))).toContain(
      "still at main@1111111 after the rollback until ",
    );
  });
});

describe("no rollback is named by", () => {
  test.each([
    ...[...SCREENS, ...APPROVALS].map((argv) => ({ argv, source: "none", because: "none is in force" })),
    ...APPROVALS.map((argv) => ({ argv, source: "main", because: "payments has a source of its own" })),
    { argv: ["get", "bindings", "-n", "orders"], source: "payments", because: "it is another source" },
    { argv: ["describe", "orders/orders-api"], source: "payments", because: "it is another source" },
    { argv: ["history", "orders/orders-api"], source: "payments", because: "it is another source" },
  ])("grantkeeper $argv: $because", async ({ argv, source }) => {
    expect(await shown(argv, withPins({ [source]: PIN }))).not.toMatch(/rolled back|after the rollback/);
  });
});

describe("a token of one namespace", () => {
  let answers: readonly Answer[] = [];

  beforeEach(async () => {
    const server = await api.start({ state: withPins({ main: PIN, payments: PIN }) });
    const paths = ["/bindings", "/functionpermissions", "/holds", "/sources", "/overview"];
    answers = await Promise.all(paths.map((path) => server.get(path, ORDERS_TOKEN)));
  });

  test("gets the rollback of its source with its bindings, and no name of another namespace", () => {
    const [bindings, owners] = answers;

    expect(bindings?.json.items[0].status.rolledBack).toMatchObject({
      source: "main",
      revision: OLD,
      by: "dana",
      until: PIN.until,
    });
    expect(owners?.json.items[0].status.bindings[0].rolledBack).toMatchObject({ source: "main", by: "dana" });
    expect(answers.flatMap(leaks)).toEqual([]);
  });
});

describe("a merge preview", () => {
  const A = "teams/orders/a.yaml";
  const WRITES = manifests({ a: WRITE_ORDERS })[A] ?? "";
  let asked: AskedController;
  afterEach(() => asked.stop());

  async function previewed(question: MergeQuestion, token?: string) {
    const { json, text } = await asked.server.post("/mergepreviews", question, token);
    return { status: (json as MergePreviewObject).status, text };
  }

  test("for a token of one team has the rollback without the names of another", async () => {
    asked = await AskedController.start();
    const until = await asked.rollBack(manifests({ a: WRITE_ORDERS }), "see teams/payments/ledger.yaml");

    const { status, text } = await previewed({ files: [{ path: A, text: WRITES }] }, ORDERS_TOKEN);

    expect(status.rolledBack).toMatchObject({ by: "dana", until, revision: status.revision });
    expect(text).not.toContain("payments");
  });

  test("for the repository of one namespace names a rollback of the platform, whose documents judge it", async () => {
    const [platform, service] = [
      manifests({}),
      { "platform/a.yaml": manifests({ a: READ_ORDERS })[A] ?? "" },
    ];
    asked = await AskedController.start(platform, service);
    const until = await asked.rollBack({ ...platform, "README.md": "more" }, "INC-2");

    const files = [{ path: "platform/a.yaml", text: WRITES }];
    const { status } = await previewed({ namespace: "orders", files });

    expect(status.rolledBack).toBeUndefined();
    expect(liveNotes({ kind: "previewed", preview: status })).toEqual([
      expect.stringMatching(/^applied on top of orders\/\/main@\w{7}, which is in force$/),
      expect.stringMatching(
        new RegExp(
          `^judged with the platform documents of main@\\w{7}: the platform source is rolled back until ${until}; grantkeeper status shows who ordered it, and why$`,
        ),
      ),
      expect.stringContaining("AWS was read at "),
    ]);
  });
});
