import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { RefusedFile } from "../../../../src/model/snapshot.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import type { AlertEvent } from "../../../../src/model/alert-event.ts";

const FILES = manifests({ a: READ_ORDERS });
const LINK: RefusedFile = { path: "teams/search", reason: "symlink" };
const LARGE: RefusedFile = { path: "teams/search/index.yaml", reason: "too-large" };
const OTHER: RefusedFile = { path: "teams/orders/b.yaml", reason: "lfs-pointer" };
const README: RefusedFile = { path: "teams/orders/README.md", reason: "symlink" };

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

async function push(...refused: readonly RefusedFile[]): Promise<readonly AlertEvent[]> {
  const before = fake.recorder.alerts.length;
  fake.source.push(FILES, refused);
  fake.control.fetchSoon("test", [null]);
  await settled();
  return fake.recorder.alerts
    .slice(before)
    .filter(({ kind }) => kind === "files-refused" || kind === "files-read");
}

async function restarted(): Promise<void> {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
  await fake.start();
}

describe("a file that the source refuses", () => {
  beforeEach(async () => {
    fake.source.push(FILES);
    await fake.start();
  });

  test("alerts with its path, the reason, and the fix", async () => {
    expect(await push(LARGE)).toEqual([
      {
        kind: "files-refused",
        incident: "files/search",
        namespace: "search",
        files: [
          {
            path: LARGE.path,
            reason: "the file is larger than limits.fileBytes and is not read",
            fix: "split it into several files, or raise limits.fileBytes",
          },
        ],
      },
    ]);
  });

  test("alerts once, and once more for another file of the team", async () => {
    await push(LARGE);
    const again = await push(LARGE);
    const more = await push(LARGE, { ...LARGE, path: "teams/search/more.yaml" });

    expect([again.length, more.length]).toEqual([0, 1]);
    expect(more[0]).toMatchObject({ files: [{ path: LARGE.path }, { path: "teams/search/more.yaml" }] });
  });

  test("resolves when the team has no refused file left", async () => {
    await push(LARGE, OTHER);

    expect(await push(OTHER)).toEqual([
      { kind: "files-read", incident: "files/search", namespace: "search" },
    ]);
    expect(await push()).toMatchObject([{ kind: "files-read", namespace: "orders" }]);
    expect(await push()).toEqual([]);
  });

  test("of two teams is two incidents, so that each team receives its own", async () => {
    expect((await push(LARGE, OTHER)).map((alert) => "namespace" in alert && alert.namespace)).toEqual([
      "orders",
      "search",
    ]);
  });

  test("that is a folder belongs to the team of that name", async () => {
    expect(await push(LINK)).toMatchObject([{ namespace: "search", files: [{ path: "teams/search" }] }]);
  });

  test("in no team's folder goes to the receivers of all alerts", async () => {
    expect(await push({ path: "platform/more.yaml", reason: "submodule" })).toMatchObject([
      { incident: "files/platform", namespace: "platform" },
    ]);
  });

  test("is no alert if it cannot be a manifest", async () => {
    expect(await push(README)).toEqual([]);
  });

  test("is not reported again after a restart, and resolves after one", async () => {
    await push(LARGE);
    await restarted();

    expect(await push(LARGE)).toEqual([]);
    await restarted();
    expect(await push()).toMatchObject([{ kind: "files-read", namespace: "search" }]);
  });
});
