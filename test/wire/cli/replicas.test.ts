import { expect, test } from "@jest/globals";
import type { Following } from "../../../src/model/network/replica.ts";
import { ACCOUNT } from "../../support/record/audit-facts.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { ACTIVE, LOST, replica } from "../../support/screens/world-replicas.ts";

const api = new ApiCli();
const { overview } = fakeState();
const standby = (host: string, following: Following) => replica(host, { following });
const SHARING = { ...standby("gk-1", { kind: "current" }), accounts: [ACCOUNT] };
const REASON = 'source "main": no route to host; check the network';
const UNABLE = standby("gk-3", { kind: "unable", reason: REASON });
const state = {
  overview: { ...overview, replicas: [ACTIVE, SHARING, UNABLE, LOST] },
};

test("get replicas shows the active replica, its lease, and lost ones, as of the read of the table", async () => {
  await api.start({ state });

  const { code, out } = await api.run(["get", "replicas"]);

  expect([code, out.trimEnd().split("\n")]).toEqual([
    0,
    [
      "NAME        VERSION  STATE    FOLLOWS  ACCOUNTS  SEEN    LEASE ENDS  READ       PROBLEM",
      "gk-0-gk04f  0.2.0    active   -        0         3s ago  in 27s      12:00:07Z",
      "gk-1-gk14f  0.2.0    standby  yes      1         3s ago  -           12:00:07Z",
      "gk-2-gk24f  0.2.0    lost     -        0         4m ago  -           12:00:07Z",
      `gk-3-gk34f  0.2.0    standby  no       0         3s ago  -           12:00:07Z  ${REASON}`,
    ],
  ]);
  const json = await api.run(["get", "replicas", "gk-1-gk14f", "-o", "json"]);
  expect(JSON.parse(json.out)).toMatchObject({
    kind: "ReplicaList",
    items: [
      { status: { state: "standby", following: "current", followingProblem: null, accounts: ["prod"] } },
    ],
  });
  const [head = "", , second = ""] = (await api.run(["get", "replicas", "-o", "wide"])).out.split("\n");
  expect(second.slice(head.indexOf("ACCOUNT NAMES")).trimEnd()).toBe("prod");
  expect((await api.run(["status"])).out).toMatch(
    /^Replicas: 1 active, 2 standbys, 1 lost, read [-\d]+ 12:00:07Z$/m,
  );
});

test("get replicas shows the addresses if several replicas have one host name", async () => {
  const at = (id: string, port: number) => replica("gk", { id, address: `http://gk:${port}` });
  await api.start({
    state: { overview: { ...overview, replicas: [at("aa55aa55", 8085), at("bb66bb66", 8086)] } },
  });

  const { out } = await api.run(["get", "replicas"]);

  expect(out).toMatch(/READ +ADDRESS/);
  expect(out).toContain("http://gk:8086");
});

test("get replicas is empty for the record in a file, and status has no line of them", async () => {
  await api.start();

  expect((await api.run(["get", "replicas"])).out).toBe(
    "No replicas found: the record is in a file, with one process only, or this token does not see replicas\n",
  );
  expect((await api.run(["status"])).out).not.toMatch(/Replicas/);
});

test("get replicas is empty for a token with namespaces", async () => {
  await api.start({ state });

  const { out } = await api.run(
    ["get", "replicas", "-o", "json"],
    {},
    { env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN } },
  );

  expect(JSON.parse(out)).toMatchObject({ kind: "ReplicaList", items: [] });
});
