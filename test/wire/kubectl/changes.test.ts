import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { HAS_KUBECTL, Kubectl } from "../../support/kubernetes/kubectl.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { READER_TOKEN } from "../../support/screens/http-server.ts";

if (!HAS_KUBECTL) console.warn("skipped: install Debian's kubernetes-client to try the API with kubectl");

const TARGET = ["fp", "orders-api", "-n", "orders"];
const PLACE = "Git is the only source. Change teams/orders/orders-api.yaml:1 and merge it";

(HAS_KUBECTL ? describe : describe.skip)("kubectl", () => {
  let kubectl: Kubectl;
  beforeEach(async () => {
    kubectl = await Kubectl.start();
  });
  afterEach(() => kubectl.close());

  const manifest = (): string => {
    const file = join(kubectl.folder, "fp.json");
    const metadata = { name: "orders-api", namespace: "orders" };
    const object = {
      apiVersion: "grantkeeper.dev/v1alpha1",
      kind: "FunctionPermission",
      metadata,
      spec: { mode: "observe" },
    };
    writeFileSync(file, JSON.stringify(object));
    return file;
  };

  test.each([
    ["delete", ...TARGET],
    ["label", ...TARGET, "a=b"],
    ["annotate", ...TARGET, "a=b"],
    ["patch", ...TARGET, "--type=merge", "-p", '{"spec":{"mode":"observe"}}'],
    ["patch", ...TARGET, "--type=json", "-p", '[{"op":"remove","path":"/spec"}]'],
    ["edit", ...TARGET],
    ["scale", "fp/orders-api", "-n", "orders", "--replicas=2"],
  ])("%s names the file and the line in Git", async (...args) => {
    const { code, err } = await kubectl.run(args);

    expect(code).toBe(1);
    expect(err).toContain(PLACE);
  });

  test.each([
    { args: ["apply"], message: PLACE },
    { args: ["apply", "--validate=false"], message: PLACE },
    { args: ["apply", "--server-side"], message: PLACE },
    { args: ["diff"], message: PLACE },
    { args: ["replace"], message: PLACE },
    { args: ["create"], message: "Change the manifests and merge them" },
  ])("$args of a manifest explains where to change it", async ({ args, message }) => {
    const { code, err } = await kubectl.run([...args, "-f", manifest()]);

    expect(code).toBeGreaterThan(0);
    expect(err).toContain("MethodNotAllowed");
    expect(err).toContain(message);
  });

  test("annotate requestedAt reconciles", async () => {
    const { code, out, err } = await kubectl.run(["annotate", ...TARGET, "grantkeeper.dev/requestedAt=now"]);

    expect({ code, out, err }).toEqual({
      code: 0,
      out: "functionpermission.grantkeeper.dev/orders-api annotated\n",
      err: "",
    });
    expect(kubectl.server.control.commands).toMatchObject([
      { name: "reconcile", request: { keys: [ORDERS_API] } },
    ]);
  });

  test("annotate suspend suspends, and --dry-run=server does not", async () => {
    const args = ["annotate", ...TARGET, "grantkeeper.dev/suspend=2h", "grantkeeper.dev/reason=INC-4410"];

    expect((await kubectl.run([...args, "--dry-run=server"])).code).toBe(0);
    expect(kubectl.server.control.commands).toEqual([]);
    expect((await kubectl.run(args)).code).toBe(0);
    expect(kubectl.server.control.commands).toMatchObject([
      { name: "suspend-all", request: { reason: "INC-4410" } },
    ]);
  });

  test("annotate suspend- resumes", async () => {
    const scope = { accountId: null, namespace: null, key: ORDERS_API };
    const suspension = {
      id: "s-9",
      scope,
      reason: "INC-4410",
      actor: "dana",
      at: NOW,
      until: "2026-11-25T14:00:00.000Z",
    };
    const { state } = kubectl.server.control;
    state.overview = { ...state.overview, suspensions: [suspension] };

    const args = [
      "annotate",
      ...TARGET,
      "grantkeeper.dev/suspend-",
      "grantkeeper.dev/reason=fixed",
      "--overwrite",
    ];

    expect(await kubectl.run(args)).toMatchObject({ code: 0, err: "" });
    expect(kubectl.server.control.commands).toMatchObject([
      { name: "resume", request: { id: "s-9", reason: "fixed" } },
    ]);
  });

  test("annotate suspend- of what is not suspended prints the warning", async () => {
    const { code, err } = await kubectl.run(["annotate", ...TARGET, "grantkeeper.dev/suspend-"]);

    expect({ code, err }).toEqual({ code: 0, err: "Warning: nothing to do\n" });
  });

  test("annotate with the token of a reader is forbidden, and auth can-i shows it before", async () => {
    const can = await kubectl.run(["auth", "can-i", "patch", "fp", "-n", "orders"], READER_TOKEN);
    const { code, err } = await kubectl.run(
      ["annotate", ...TARGET, "grantkeeper.dev/requestedAt=now"],
      READER_TOKEN,
    );

    expect(can.out).toBe("no - the token lacks the scope reconcile or suspend\n");
    expect(code).toBe(1);
    expect(err).toContain('token "reader" lacks the scope reconcile');
  });
});
