import { existsSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { portNear } from "../../demo/ports.ts";
import { grantkeeper, startController, type ControllerProcess } from "../../demo/program.ts";
import { AT_MOST_MS, until } from "../../demo/wait.ts";
import { makeRepository } from "../support/git/git-repository.ts";
import { tamperChain } from "../store/sqlite-file.ts";

const WITHIN = { withinMs: AT_MOST_MS };
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "x" };

let folder = "";
let url = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "changed-record-"));
  await makeRepository(folder, "permissions.git");
  const port = await portNear(18_395);
  url = `http://127.0.0.1:${port}`;
  writeFileSync(
    join(folder, "grantkeeper.yaml"),
    `instance: test-1
stateDir: ./state
sources: [{name: main, git: {url: "${join(folder, "permissions.git")}", branch: main}, interval: 1h}]
http: {listen: "127.0.0.1:${port}"}
aws: {endpoint: "http://127.0.0.1:9", simulator: true}
`,
  );
});
afterEach(async () => {
  await rm(folder, { recursive: true, maxRetries: 3 });
});

const start = (log: string): ControllerProcess =>
  startController(join(folder, "grantkeeper.yaml"), join(folder, log), CREDENTIALS);

/** The metric, once the controller has it. */
const broken = (): Promise<string> =>
  until(
    "the record was verified",
    async () => {
      const answer = await fetch(`${url}/metrics`).catch(() => null);
      return /^grantkeeper_audit_record_broken (\d)$/m.exec((await answer?.text()) ?? "")?.[1];
    },
    WITHIN,
  );

const statusText = async (): Promise<string> => {
  const { out } = await grantkeeper(["status", "--config", "grantkeeper.yaml"], folder);
  return out.replaceAll(/\s+/g, " ");
};

test(
  "an entry that was changed on disk below the last checkpoint is shown by status and the metric of the next start",
  async () => {
    const before = start("before");
    try {
      await until("it runs", () => existsSync(join(folder, "state", "api-token")) || undefined, WITHIN);
      expect(await broken()).toBe("0");
      expect(await statusText()).not.toContain("the record");
    } finally {
      await before.stop();
    }
    const tables = ["entries", "recent_entries"];
    const changes = tables.map((table) => `UPDATE ${table} SET at_ms = at_ms + 1 WHERE seq = 1;`);
    tamperChain(join(folder, "state"), changes.join(" "));

    const after = start("after");
    try {
      expect(await broken()).toBe("1");
      expect(await statusText()).toContain("record: the record: broken at entry 1, found");
    } finally {
      await after.stop();
    }
  },
  5 * AT_MOST_MS,
);
