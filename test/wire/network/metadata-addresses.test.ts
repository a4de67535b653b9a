import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Probe } from "../../../src/model/answers/probe.ts";

const PROGRAM = join(import.meta.dirname, "metadata-program.ts");
/** Root needs no namespace of users, which some machines forbid. */
const OWN_NETWORK = process.getuid?.() === 0 ? ["--net"] : ["--user", "--map-root-user", "--net"];
/** CI installs iproute2 and is root; elsewhere the test is skipped where a process may have no network of its own. */
const CAN_RUN =
  process.env["CI"] === "true" ||
  spawnSync("unshare", [...OWN_NETWORK, "ip", "link", "set", "lo", "up"]).status === 0;

interface Shown {
  readonly check: Probe;
  readonly asked: readonly string[];
}

const GRANTED = ["task granted", "pod granted", "instance granted"];
const FAILING = ["task refused", "task garbage", "task closed", "task without-route", "pod closed"];

/** These addresses exist in no other network: the program adds them to its own. */
async function shownOf(setting: string): Promise<Shown> {
  const args = [...OWN_NETWORK, process.execPath, PROGRAM, ...setting.split(" ")];
  const { stdout } = await promisify(execFile)("unshare", args);
  return JSON.parse(stdout) as Shown;
}

(CAN_RUN ? describe : describe.skip)("credentials at the addresses of AWS", () => {
  /** An endpoint that fails is asked again for some seconds: all of them at the same time. */
  const shown = new Map<string, Shown>();
  beforeAll(async () => {
    for (const setting of GRANTED) shown.set(setting, await shownOf(setting));
    await Promise.all(FAILING.map(async (setting) => shown.set(setting, await shownOf(setting))));
  }, 60_000);

  test.each([
    {
      setting: "task granted",
      detail: "role/TASK from the container (ECS task role)",
      asked: ["GET /v2/credentials/0b1c"],
    },
    {
      setting: "pod granted",
      detail: "role/POD-pod from the container (EKS Pod Identity)",
      asked: ["GET /v1/credentials"],
    },
    {
      setting: "instance granted",
      detail: "role/INSTANCE from the instance (its instance profile, IMDSv2)",
      asked: [
        "PUT /latest/api/token",
        "GET /latest/meta-data/iam/security-credentials/",
        "GET /latest/meta-data/iam/security-credentials/node-role",
      ],
    },
  ])("are the identity that doctor names, with its place: $setting", ({ setting, detail, asked }) => {
    const found = shown.get(setting);

    expect(found?.check).toMatchObject({ identity: "base", outcome: "passed" });
    expect(found?.check.detail).toContain(`arn:aws:iam::999900001111:${detail}`);
    expect(found?.asked).toEqual(asked);
  });

  test.each([
    { setting: "task refused", reason: /404/, because: "the agent knows no such task" },
    { setting: "task garbage", reason: /not valid JSON/, because: "the answer is none of credentials" },
    { setting: "task closed", reason: /ECONNREFUSED 169\.254\.170\.2:80/, because: "no agent listens" },
    {
      setting: "task without-route",
      reason: /ENETUNREACH 169\.254\.170\.2:80/,
      because: "there is no way to it",
    },
    {
      setting: "pod closed",
      reason: /ECONNREFUSED 169\.254\.170\.23:80/,
      because: "no agent of EKS listens",
    },
  ])("have a reason and a fix if $because", ({ setting, reason }) => {
    const check = shown.get(setting)?.check;

    expect(check).toMatchObject({ identity: "base", outcome: "failed" });
    expect(check?.detail).toMatch(reason);
    expect(check?.detail).toMatch(/container: .*check the task role of ECS, or the pod identity association/);
  });
});
