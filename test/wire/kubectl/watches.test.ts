import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import type { ConditionReason } from "../../../src/model/status.ts";
import { HAS_KUBECTL, Kubectl, type Following } from "../../support/kubernetes/kubectl.ts";
import { happen } from "../../support/kubernetes/watching.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { intent } from "../../support/record/audit-facts.ts";
import { manifest } from "../../support/screens/api-world.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { ORDERS_API, ORDERS_JOBS } from "../../support/screens/world-keys.ts";
import { condition, record } from "../../support/screens/world-states.ts";

interface RawEvent {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly resourceVersion: string };
    readonly status?: { readonly conditions: readonly { readonly type: string; readonly reason: string }[] };
  };
}

/** Of the condition Ready; null: the object of a bookmark has no state. */
function reasonOf({ status }: RawEvent["object"]): string | null {
  return status?.conditions.find(({ type }) => type === "Ready")?.reason ?? null;
}

if (!HAS_KUBECTL) console.warn("skipped: install Debian's kubernetes-client to try watches with kubectl");

(HAS_KUBECTL ? describe : describe.skip)("kubectl", () => {
  let kubectl: Kubectl;
  let running: Following[];
  beforeEach(async () => {
    kubectl = await Kubectl.start();
    running = [];
  });
  afterEach(async () => {
    for (const one of running) await one.close();
    await kubectl.close();
  });

  const follow = (command: string, token?: string): Following => {
    const one = kubectl.follow(command.split(" "), token);
    running.push(one);
    return one;
  };
  const fields = async (one: Following, count = 3): Promise<readonly string[]> =>
    ((await one.line()) ?? "").split(/ {2,}/).slice(0, count);
  function ready(status: "True" | "False", reason: ConditionReason): void {
    const { records } = kubectl.server.control.state;
    const changed = record(ORDERS_API, { conditions: [condition({ status, reason })] });
    happen(kubectl.server, {
      records: [...records.filter(({ key }) => key !== ORDERS_API), changed],
    });
  }

  test("get -w prints the list, then each change", async () => {
    const watching = follow("get fp -n orders -w");

    const before = [await fields(watching), await fields(watching), await fields(watching)];
    ready("False", "GuardrailRefused");
    const changed = await fields(watching);

    expect(before).toEqual([
      ["NAME", "READY", "REASON"],
      ["orders-api", "True", "none"],
      ["orders-jobs", "Unknown", "NotCompared"],
    ]);
    expect(changed).toEqual(["orders-api", "False", "GuardrailRefused"]);
  });

  test("get NAME -w prints the object once, then each change", async () => {
    const watching = follow("get fp orders-api -n orders -w");

    const before = [await fields(watching), await fields(watching)];
    await watching.watched;
    ready("False", "GuardrailRefused");

    expect(before[1]).toEqual(["orders-api", "True", "none"]);
    expect(await fields(watching)).toEqual(["orders-api", "False", "GuardrailRefused"]);
  });

  test("the bookmark at the end of a watch is where the next one goes on: with the change between them, and without the one before", async () => {
    const path = "/apis/grantkeeper.dev/v1alpha1/namespaces/orders/functionpermissions";
    const watchFrom = async (version: string): Promise<readonly RawEvent[]> => {
      const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${version}`;
      const { out } = await kubectl.run(["get", "--raw", `${path}?${query}`]);
      return out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as RawEvent);
    };
    const listed = JSON.parse((await kubectl.run(["get", "--raw", path])).out) as RawEvent["object"];
    ready("False", "GuardrailRefused");
    const first = await watchFrom(listed.metadata.resourceVersion);
    ready("True", "ObserveOnly");

    const second = await watchFrom(first.at(-1)?.object.metadata.resourceVersion ?? "none");

    const shown = (events: readonly RawEvent[]) => events.map(({ type, object }) => [type, reasonOf(object)]);
    expect(shown(first)).toEqual([
      ["MODIFIED", "GuardrailRefused"],
      ["BOOKMARK", null],
    ]);
    expect(shown(second)).toEqual([
      ["MODIFIED", "ObserveOnly"],
      ["BOOKMARK", null],
    ]);
  });

  test("get -w --output-watch-events names what happened", async () => {
    const watching = follow("get fp -n orders -w --output-watch-events");
    for (let count = 0; count < 3; count += 1) await watching.line();

    const { objects } = kubectl.server.control.state;
    happen(kubectl.server, { objects: [...objects, manifest({ name: "added" })] });
    const added = await fields(watching, 2);
    happen(kubectl.server, { objects });

    expect(added).toEqual(["ADDED", "added"]);
    expect(await fields(watching, 2)).toEqual(["DELETED", "added"]);
  });

  test("get -A -w of a team prints its own objects and changes, and none of another team", async () => {
    const watching = follow("get fp -A -w", ORDERS_TOKEN);
    const before = [await fields(watching, 2), await fields(watching, 2), await fields(watching, 2)];
    await watching.watched;

    const added = ["payments", "orders"].map((namespace) =>
      manifest({ name: `${namespace}-new`, namespace }),
    );
    for (const one of added)
      happen(kubectl.server, { objects: [...kubectl.server.control.state.objects, one] });

    expect(before).toEqual([
      ["NAMESPACE", "NAME"],
      ["orders", "orders-api"],
      ["orders", "orders-jobs"],
    ]);
    expect(await fields(watching, 2)).toEqual(["orders", "orders-new"]);
  });

  test.each([
    "wait --for=condition=Ready fp/orders-jobs -n orders --timeout=15s",
    'wait --for=jsonpath={.status.conditions[?(@.type=="Ready")].status}=True fp/orders-jobs -n orders --timeout=15s',
  ])("%s ends when it is so", async (command) => {
    const waiting = follow(command);
    await waiting.watched;

    happen(kubectl.server, { records: [...kubectl.server.control.state.records, record(ORDERS_JOBS)] });

    expect(await waiting.line()).toBe("functionpermission.grantkeeper.dev/orders-jobs condition met");
    expect(await waiting.ended).toBe(0);
  });

  test("wait --for=delete ends when the object is removed", async () => {
    const waiting = follow("wait --for=delete fp/orders-jobs -n orders --timeout=15s");
    await waiting.watched;

    const { objects } = kubectl.server.control.state;
    happen(kubectl.server, { objects: objects.filter(({ name }) => name !== "orders-jobs") });

    expect(await waiting.ended).toBe(0);
  });

  test("events -w prints what happens", async () => {
    const watching = follow("events -n orders -w");
    await watching.line();
    await watching.line();

    const { history } = kubectl.server.control.state;
    const last = history.at(-1) ?? CHAIN_START;
    const entry = nextEntry({ seq: last.seq, hash: last.hash }, intent({ key: ORDERS_API }), NOW);
    happen(kubectl.server, { history: [...history, entry] });

    expect(await watching.line()).toContain("FunctionPermission/orders-api");
  });
});
