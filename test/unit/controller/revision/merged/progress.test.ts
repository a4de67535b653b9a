import { beforeEach, describe, expect, test } from "@jest/globals";
import { ACCOUNT_ID } from "../../../../support/pass/bindings.ts";
import {
  KEY,
  MergedScene,
  NEW,
  NEWER,
  NO_ACCOUNT,
  OLD,
  OTHER,
  WITH_FUNCTION,
  WITHOUT_FUNCTION,
} from "./merged-scene.ts";

let scene: MergedScene;

/** The revision before is in force, and a pass found the function as it declares it. */
beforeEach(() => {
  scene = new MergedScene();
  scene.recorded(OLD, []);
  scene.enforced(OLD);
  scene.compared();
  scene.hasRecord();
});

/** A new revision that changed the function is in force, and no pass has seen it. */
function accepted(files = WITH_FUNCTION): void {
  scene.recorded(NEW);
  scene.enforced(NEW, files);
}

test("a function that a pass compared with the revision in force is shown as applied", async () => {
  accepted();
  scene.compared();

  await scene.progress.report(ACCOUNT_ID);

  expect(scene.titles).toEqual(["applied"]);
});

describe("the comparison with the revision before is not shown as one with the new revision, if a pass ends", () => {
  test("between the record of the new revision and its enforcement", async () => {
    scene.recorded(NEW);
    await scene.progress.report(ACCOUNT_ID);
    scene.enforced(NEW);
    await scene.progress.report(OTHER);

    expect(scene.titles).toEqual([]);
  });

  test("between the record of a new revision, which adds the account, and its enforcement", async () => {
    scene.enforced(OLD, NO_ACCOUNT);
    scene.recorded(NEW);
    await scene.progress.report(OTHER);
    scene.enforced(NEW);
    await scene.progress.report(OTHER);

    expect(scene.titles).toEqual([]);
  });

  test("and the new revision is recorded while the pass is reported", async () => {
    scene.recorded(OLD, [OLD]);
    scene.afterRead(() => scene.recorded(NEW));

    await scene.progress.report(ACCOUNT_ID);
    scene.enforced(NEW);
    await scene.progress.report(OTHER);

    expect(scene.titles).toEqual([]);
  });

  test("and a revision of another source changes the function while the pass is reported", async () => {
    accepted();
    scene.compared();
    scene.afterRead(() => scene.enforced(NEW));

    await scene.progress.report(ACCOUNT_ID);
    await scene.progress.report(OTHER);

    expect(scene.titles).toEqual([]);
  });

  test("that began before the enforcement, so that it compared nothing with the new revision", async () => {
    accepted();

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual([]);
  });

  test("whose result could not be recorded", async () => {
    accepted();
    scene.state.observed(new Set([KEY]));

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual([]);
  });

  test("and a restarted process has not seen the function yet", async () => {
    scene.recorded(NEW);
    scene.enforced(NEW, WITH_FUNCTION, []);
    scene.state.compared(new Set([KEY]));

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual([]);
  });

  test("of another account while the pass of its own account is being recorded", async () => {
    scene.recorded(NEW);
    scene.enforced(NEW, WITH_FUNCTION, []);
    scene.compared();

    await scene.progress.report(OTHER);

    expect(scene.titles).toEqual([]);
  });
});

describe("a removed function of which there is no record is not shown as deleted", () => {
  beforeEach(() => {
    scene.fake.store.records.clear();
  });

  test("before a pass compared it", async () => {
    accepted(WITHOUT_FUNCTION);

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual([]);
  });

  test("if its account cannot be read", async () => {
    accepted(WITHOUT_FUNCTION);
    scene.compared();
    scene.unreadable();

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual(["not applied completely"]);
    expect(scene.texts[0]).toContain("cannot be read from AWS");
  });

  test("if its account is not in force any more", async () => {
    accepted(NO_ACCOUNT);
    scene.compared();

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual(["not applied completely"]);
    expect(scene.texts[0]).toContain("its account is not in force");
  });
});

describe("a note is dropped if, while it is composed,", () => {
  beforeEach(() => {
    accepted();
    scene.compared();
  });

  test("a newer revision is recorded, which has a last note of its own", async () => {
    scene.duringText(() => scene.recorded(NEWER));

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual([]);
  });

  test("a revision of another source is enforced", async () => {
    scene.duringText(() => scene.enforced(NEW));

    await scene.progress.report(ACCOUNT_ID);

    expect(scene.titles).toEqual([]);
  });
});

test("an account that cannot be read keeps what was seen of it with this revision", async () => {
  accepted();
  scene.compared();
  await scene.progress.report(ACCOUNT_ID);
  scene.unreadable();

  await scene.progress.report(ACCOUNT_ID);

  expect(scene.titles).toEqual(["applied"]);
});

test("a write that was not made is not named as the entry that applied the function", async () => {
  accepted();
  scene.compared();
  const finished = { kind: "write-finished", intent: 1, key: KEY, requestId: null, error: null } as const;
  await scene.fake.audit.append([
    {
      kind: "revision-accepted",
      source: "main",
      revision: NEW,
      previous: OLD,
      commits: [],
      uncommitted: false,
      quarantined: [],
    },
    { ...finished, outcome: "applied" },
    { ...finished, outcome: "found-not-applied" },
  ]);

  await scene.progress.report(ACCOUNT_ID);

  expect(scene.texts[0]).toContain("read back from AWS, entry 2\n");
});
