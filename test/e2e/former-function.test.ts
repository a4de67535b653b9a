import { afterEach, describe, expect, test } from "@jest/globals";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const SPEC = READ_ORDERS + CALLED_BY_TOPIC;
const filesOf = (fn: string, more: string) => estate(functions(["app"], `  function: ${fn}\n${SPEC}${more}`));
const DELETE = "  deletionPolicy: delete\n";
const WORLD = estate({
  ...functions(["app"], `  function: before\n${SPEC}`),
  ...functions(["after"], SPEC, "spare"),
});

describe("a manifest that names another function", () => {
  let installation: Installation;
  afterEach(() => installation.stop());

  const begin = async (more: string): Promise<void> => {
    installation = await Installation.start({ files: filesOf("before", more), worldOf: WORLD });
    await installation.converge();
  };
  const sidsOn = (name: string): readonly string[] => {
    const policies = installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions[name]?.policies;
    return [...JSON.stringify(policies ?? {}).matchAll(/gk_[0-9a-f_]{30}/g)].map(([sid]) => sid);
  };
  const order = (): readonly string[] =>
    installation
      .writes()
      .filter(({ operation }) => operation.includes("Permission"))
      .map(({ operation }) => operation.replace(/\d{8}.*$/, ""));

  test("moves the callers: first the new function has them, then the former one loses them", async () => {
    await begin(DELETE);
    const before = [sidsOn("before").length, sidsOn("after").length];
    await installation.converge(filesOf("after", DELETE));

    expect(before).toEqual([1, 0]);
    expect([sidsOn("before").length, sidsOn("after").length]).toEqual([0, 1]);
    expect(order()).toEqual(["AddPermission", "AddPermission", "RemovePermission"]);
    expect(await installation.condition(keyOf("app"), "Ready")).toMatchObject({ status: "True" });
    expect(await installation.condition(keyOf("app"), "Drifted")).toMatchObject({ status: "False" });
  });

  test("keeps the callers of the former function under deletionPolicy: retain", async () => {
    await begin("");
    await installation.converge(filesOf("after", ""));

    expect([sidsOn("before").length, sidsOn("after").length]).toEqual([1, 1]);
    expect(await installation.condition(keyOf("app"), "Ready")).toMatchObject({ status: "True" });

    await installation.converge(filesOf("after", DELETE));
    expect(sidsOn("before")).toEqual([]);
  });

  test("removes nothing and is not Ready while the policy of the former function can't be read", async () => {
    await begin(DELETE);
    const kind = { kind: "error", code: "AccessDeniedException", message: "no", status: 403 } as const;
    installation.simulator.addFault({ operation: "GetPolicy", resourceIncludes: "before", kind });
    await installation.converge(filesOf("after", DELETE));
    const whileUnread = sidsOn("before").length;
    const ready = await installation.condition(keyOf("app"), "Ready");
    installation.simulator.clearFaults();
    await installation.restart();
    await installation.converge();

    expect(whileUnread).toBe(1);
    expect(ready?.status).not.toBe("True");
    expect(sidsOn("before")).toEqual([]);
  });

  test("is continued after a restart between the addition and the removal", async () => {
    await begin(DELETE);
    const kind = { kind: "error", code: "AccessDeniedException", message: "no", status: 403 } as const;
    installation.simulator.addFault({ operation: "RemovePermission", kind });
    await installation.converge(filesOf("after", DELETE));
    const between = [sidsOn("before").length, sidsOn("after").length];
    installation.simulator.clearFaults();
    await installation.restart();
    await installation.converge();

    expect(between).toEqual([1, 1]);
    expect([sidsOn("before").length, sidsOn("after").length]).toEqual([0, 1]);
  });

  test("leaves the statement until the manifest that took the former function over has its own", async () => {
    await begin(DELETE);
    const used = functions(["heir"], `  function: before\n  role: {name: heir}\n${SPEC}`, "heirs");
    await installation.push({ ...filesOf("after", DELETE), ...used });
    await installation.settled();
    const [first] = sidsOn("before");
    const held = (await installation.holds()).map(({ code }) => code);
    await installation.approveAll();
    await installation.settled();

    expect(first).toBeDefined();
    expect(held).toContain("first-claim");
    expect(sidsOn("before")).toHaveLength(1);
    expect(sidsOn("before")).not.toContain(first);
    expect(await installation.condition(keyOf("heir", "heirs"), "Ready")).toMatchObject({
      reason: "RoleNotUsed",
    });
  });
});
