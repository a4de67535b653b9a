import { NO_ESTATES } from "../../support/fakes/no-estates.ts";
import { NO_ORGANIZATIONS } from "../../support/fakes/no-organizations.ts";
import { NO_REFERENCES } from "../../support/fakes/no-references.ts";
/**
 * Writes test/cases/<name>/live.json, what a sweep finds after the happenings of support/case-happenings.ts, and from it
 * what is expected: `node bin/launch.mjs test/support/record/record-cases.ts [name …]`. Read the changes after a run.
 */
import { PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as timer } from "node:timers/promises";
import { readFiles } from "../../../demo/manifests.ts";
import { createAws } from "../../../src/aws/create-aws.ts";
import type { Clock } from "../../../src/controller/ports/clock.ts";
import type { LiveState } from "../../../src/controller/ports/live-state.ts";
import { DATABASE_FILE } from "../../../src/store/sqlite/open.ts";
import { openSqliteRecordReader } from "../../../src/store/sqlite/record-reader.ts";
import { planCase } from "../pass/cases.ts";
import { HAPPENINGS, type Happening } from "../pass/case-happenings.ts";
import { cli, TEST_CONFIG } from "../screens/cli.ts";
import { SILENT } from "../git/git-source.ts";
import { Installation } from "../installation/installation.ts";
import { ok, orThrow } from "../../../src/model/values/result.ts";
import { STEADY_LOOP } from "../event-loop.ts";

const CASES = fileURLToPath(new URL("../../cases", import.meta.url));
/** The plan is made so much later: no write of the recording is an echo, and `deleteQuiet` is over. */
const LATER_MS = 172_800_000;

const wanted = process.argv.slice(2);
const all = (await readdir(CASES, { withFileTypes: true })).filter((entry) => entry.isDirectory());
const names = all.map(({ name }) => name).filter((name) => wanted.length === 0 || wanted.includes(name));
for (const name of names) {
  const happening = HAPPENINGS[name];
  if (happening === undefined) throw new Error(`nothing is known of the case ${name}`);
  await record(join(CASES, name), happening);
  console.log(name);
}

async function record(folder: string, happening: Happening): Promise<void> {
  const manifests = readFiles(join(folder, "manifests"));
  const before = existsSync(join(folder, "before")) ? readFiles(join(folder, "before")) : manifests;
  let offsetMs = 0;
  const clock: Clock = {
    nowMs: () => Date.now() + offsetMs,
    sleep: (durationMs, signal) => timer(durationMs, undefined, { signal }),
  };
  const worldOf = { ...manifests, ...before };
  const seed = happening.seed ?? ((): void => undefined);
  const installation = await Installation.start({ files: before, worldOf, seed, clock });
  try {
    if (happening.applied === "everything") await installation.converge();
    if (happening.pushed === true) await installation.push(manifests);
    await happening.happens?.(installation, (durationMs) => void (offsetMs += durationMs));
    await installation.stopController();
    await save(folder, installation, clock.nowMs() + LATER_MS);
  } finally {
    await installation.stop();
  }
  const planned = await planCase(folder);
  await writeFile(join(folder, "expected.plan.txt"), planned.text);
  await writeFile(join(folder, "expected.verdict.json"), planned.verdict);
}

/** As `grantkeeper plan --save-live` keeps it. */
async function save(folder: string, installation: Installation, nowMs: number): Promise<void> {
  const { id, secret } = installation.estate.base;
  const clock: Clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  const aws = createAws({
    network: { ...PUBLIC_AWS, simulator: installation.simulator.endpoint },
    baseCredentials: { accessKeyId: id, secretAccessKey: secret },
    env: {},
    fetchTimeoutMs: 5_000,
    clock: { ...clock, nowMs: () => Date.now() },
    eventLoop: STEADY_LOOP,
    random: { next: () => 0.5, hex: (bytes) => "0".repeat(2 * bytes) },
    telemetry: SILENT,
    budgets: "unlimited",
  });
  const live: LiveState = {
    read: (request, signal) => aws.live.read(request, signal),
    sweep: async (request, signal) => {
      const live = orThrow(await aws.live.sweep(request, signal));
      return ok({ ...live, observedAtMs: nowMs });
    },
  };
  const argv = ["plan", join(folder, "manifests"), "--config", "grantkeeper.yaml"];
  const { code, err } = await cli([...argv, "--save-live", join(folder, "live.json")], {
    clock,
    installation: {
      config: TEST_CONFIG,
      aws: () =>
        Promise.resolve({
          live,
          estates: NO_ESTATES,
          organizations: NO_ORGANIZATIONS,
          references: NO_REFERENCES,
          examine: () => Promise.resolve([]),
          serviceControl: async () => new Map(),
          close: () => aws.close(),
        }),
      record: () => Promise.resolve(openSqliteRecordReader(join(installation.stateDir, DATABASE_FILE))),
    },
  });
  if (code !== 0 && code !== 3) throw new Error(err);
}
