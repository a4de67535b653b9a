import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SiteFunction, SiteIndex, SiteRow } from "../../../src/api/browser/site.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { dataOf, exportFrom, ExportFolder, filesIn } from "../../support/page/exporting.ts";
import { happen } from "../../support/kubernetes/watching.ts";
import { startTestServer, type TestServer } from "../../support/screens/http-server.ts";
import { REFUNDS } from "../../support/screens/world-keys.ts";
import { record } from "../../support/screens/world-states.ts";

let folder: ExportFolder;
let page: string;
beforeAll(async () => {
  folder = await ExportFolder.create();
  page = await folder.plainPage();
});
afterAll(() => folder.remove());

/** Exports from a server whose state `change` makes another one during the export. */
async function exportedWhile(change: (server: TestServer) => void) {
  const server = await startTestServer();
  change(server);
  const out = folder.next();
  try {
    const run = await exportFrom(server, { out, page });
    const files = await filesIn(out);
    return { run, out, files, index: dataOf(files, "index") as SiteIndex };
  } finally {
    await server.close();
  }
}

/** Changes the status of a binding with each reading of the record, so often. @returns the number of readings */
function changeBinding({ control }: TestServer, times: number): () => number {
  const [keySummaries, history] = [control.keySummaries.bind(control), control.history.bind(control)];
  let [changes, readings] = [0, 0];
  control.history = async (request) => {
    readings += 1;
    if (changes < times) changes += 1;
    control.state.version = 42 + changes;
    return history(request);
  };
  control.keySummaries = async () =>
    (await keySummaries()).map((each) =>
      each.key === REFUNDS && each.status !== null
        ? {
            ...each,
            status: {
              ...each.status,
              lastAppliedRevision: null,
              mode: changes % 2 === 0 ? "enforce" : "observe",
            },
          }
        : each,
    );
  return () => readings;
}

test("a binding that changes during the export is not mixed with what was read before: all is read again", async () => {
  let readings = (): number => 0;

  const { run, files, index } = await exportedWhile((server) => {
    readings = changeBinding(server, 1);
  });

  expect(run).toMatchObject({ code: 0, err: "" });
  expect(readings()).toBe(2);
  expect(index.unity).toEqual({ kind: "one-version" });
  const rows = dataOf(files, "rows-000000") as readonly SiteRow[];
  expect(
    rows.find(({ namespace, name }) => `${namespace}/${name}`.startsWith("payments/refunds"))?.summary.mode,
  ).toBe("observe");
  const functions = dataOf(files, "functions-000000") as readonly SiteFunction[];
  expect(functions.map(({ binding }) => binding.status.mode)).toEqual(
    rows.map(({ summary }) => summary.mode),
  );
});

test("a binding that changes and is again as it was before the export is not exported as it was between", async () => {
  let readings = 0;

  const { files, index } = await exportedWhile((server) => {
    const { control } = server;
    const [history, exposed] = [control.history.bind(control), control.exposed.bind(control)];
    const set = (sync: "Synced" | "OutOfSync"): void =>
      happen(server, {
        records: control.state.records.map((one) => (one.key === REFUNDS ? record(REFUNDS, { sync }) : one)),
      });
    control.history = async (request) => {
      readings += 1;
      if (readings === 1) set("OutOfSync");
      return history(request);
    };
    control.exposed = async () => {
      set("Synced");
      return exposed();
    };
    set("Synced");
  });

  expect(readings).toBe(2);
  expect(index.unity).toEqual({ kind: "one-version" });
  const functions = dataOf(files, "functions-000000") as readonly SiteFunction[];
  const exported = functions.find(({ binding }) => binding.spec.key === REFUNDS);
  expect(exported?.binding.status.sync).toBe("Synced");
});

test("if it never ends, the export states what changed, and is not shown as one moment", async () => {
  const { run, out, index } = await exportedWhile((server) => void changeBinding(server, 1_000));

  expect(run.code).toBe(0);
  expect(run.err).toContain(
    "warning: the parts are not of one moment: bindings changed while they were read",
  );
  expect(index.unity).toEqual({ kind: "changed", what: ["bindings"] });
  expect(await readFile(join(out, "HOW-TO-VERIFY.txt"), "utf8")).toContain("not of one moment");
});

test("that the controller started again is a change", async () => {
  const { index } = await exportedWhile(({ control }) => {
    const overview = control.overview.bind(control);
    let startedAtMs = Date.parse(NOW) - 1_000_000;
    control.overview = async () => ({
      ...(await overview()),
      startedAt: new Date((startedAtMs += 1_000)).toISOString(),
    });
  });

  expect(index.unity).toMatchObject({
    kind: "changed",
    what: expect.arrayContaining([expect.stringContaining("started again")]),
  });
});

describe("that AWS was read again", () => {
  test("is no change", async () => {
    let reads = 0;
    const { run, index } = await exportedWhile(({ control }) => {
      const keyView = control.keyView.bind(control);
      control.keyView = (key) => {
        const view = keyView(key);
        reads += 1;
        control.state.version += 1;
        return view === null
          ? null
          : { ...view, readAt: new Date(Date.parse(NOW) - 100_000 + reads).toISOString() };
      };
    });

    expect(run).toMatchObject({ code: 0, err: "" });
    expect(index.unity).toEqual({ kind: "one-version" });
    expect(reads).toBeGreaterThan(0);
  });
});
