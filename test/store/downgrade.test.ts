import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { verifyFolder } from "../../src/store/backup/record-copy.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/open.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { backedUp, opened } from "./backups.ts";
import { firstVersion, stateOfBefore } from "./first-version.ts";
import { Places } from "./places.ts";

const places = new Places();

/** Opens it with this version, which migrates it, and adds an entry. */
async function upgrade(stateDir: string): Promise<void> {
  const store = opened(places, stateDir);
  await store.audit.append([refusal(1)]);
  await store.audit.checkpoint();
  await places.close(store);
}

/** As the page on downgrades describes it for a version that has no `restore`. */
async function copiedBack(backup: string): Promise<string> {
  const stateDir = await places.folder();
  const names = (await readdir(backup)).filter((name) => name !== "backup.json");
  for (const name of names) await copyFile(join(backup, name), join(stateDir, name));
  return stateDir;
}

describe("the code of 0.1.0", () => {
  test("verifies and continues its own record", async () => {
    const stateDir = await stateOfBefore(places);

    expect(await firstVersion(places, "verify", stateDir)).toEqual({
      kind: "verified",
      verdict: "intact",
      entries: 38,
    });
    expect(await firstVersion(places, "continue", stateDir)).toMatchObject({ kind: "continued" });
  });

  test.each(["verify", "continue"] as const)(
    "refuses a record that this version has migrated, and leaves it as it is: %s",
    async (action) => {
      const stateDir = await stateOfBefore(places);
      await upgrade(stateDir);
      const path = join(stateDir, DATABASE_FILE);
      const before = await readFile(path);

      expect(await firstVersion(places, action, stateDir)).toMatchObject({
        kind: "refused",
        code: "newer-version",
      });
      expect(await readFile(path)).toEqual(before);
      expect(await verifyFolder(stateDir, inThreads)).toMatchObject({ verdict: "intact", entries: 40 });
    },
  );

  test("continues the backup that was made before the upgrade, with what was decided until then", async () => {
    const stateDir = await stateOfBefore(places);
    const backup = join(await places.folder(), "before-upgrade");
    await backedUp(stateDir, backup, { withKey: true });
    await upgrade(stateDir);

    const downgraded = await copiedBack(backup);

    expect(await firstVersion(places, "verify", downgraded)).toMatchObject({
      verdict: "intact",
      entries: 38,
    });
    expect(await firstVersion(places, "continue", downgraded)).toEqual({
      kind: "continued",
      accounts: ["staging", "prod"],
      suspensions: ["s1"],
    });
    expect(await firstVersion(places, "verify", downgraded)).toMatchObject({
      verdict: "intact",
      entries: 40,
    });
  });

  test("signs what it adds to a backup without the private key with a new key, and keeps the public half of the old one", async () => {
    const stateDir = await stateOfBefore(places);
    const backup = join(await places.folder(), "before-upgrade");
    await backedUp(stateDir, backup);

    const downgraded = await copiedBack(backup);

    expect(await firstVersion(places, "continue", downgraded)).toMatchObject({ kind: "continued" });
    expect(await firstVersion(places, "verify", downgraded)).toMatchObject({
      verdict: "intact",
      entries: 40,
    });
    const keys = await readFile(join(downgraded, "audit-key.pub.pem"), "utf8");
    expect(keys.match(/BEGIN PUBLIC KEY/g)).toHaveLength(2);
  });

  test("leaves a record that a later upgrade continues", async () => {
    const stateDir = await stateOfBefore(places);
    await firstVersion(places, "continue", stateDir);

    await upgrade(stateDir);

    expect(await verifyFolder(stateDir, inThreads)).toMatchObject({ verdict: "intact", entries: 42 });
  });
});
