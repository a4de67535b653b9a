import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../support/screens/cli.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-checkout-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("questions that a checkout alone answers", () => {
  test("get role-arn prints the bare ARN of one binding, and a table of more", async () => {
    const one = await cli(["get", "role-arn", "orders/orders-api@prod", "--dir", "manifests"]);
    const all = await cli(["get", "role-arn", "orders-api", "--dir", "manifests"]);

    expect(one.out).toBe("arn:aws:iam::444455556666:role/grantkeeper/orders-api-eu-west-1\n");
    expect(all.out.split("\n").slice(0, 2)).toEqual([
      "BINDING                              ROLE",
      "orders/orders-api@staging/eu-west-1  arn:aws:iam::111122223333:role/grantkeeper/orders-api-eu-west-1",
    ]);
  });

  test("get role-arn answers a typing error with the nearest name", async () => {
    const { code, err } = await cli(["get", "role-arn", "orders/order-api", "--dir", "manifests"]);

    expect(code).toBe(1);
    expect(err).toBe('error: "orders/order-api" not found\nhint:  did you mean orders/orders-api?\n');
  });

  test.each([
    { argv: ["render", "orders/nope"], because: "render" },
    { argv: ["get", "role-arn", "orders/nope"], because: "get role-arn" },
    {
      argv: ["why", "orders/nope", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:444455556666:x"],
      because: "why",
    },
  ])(
    "$because answers an unknown name with names of the checkout, since no controller runs",
    async ({ argv }) => {
      const { code, err } = await cli([...argv, "--dir", "manifests"]);

      expect(code).toBe(1);
      expect(err.replaceAll(/\n +/g, " ")).toContain(
        "hint:  the manifests in manifests declare: orders/orders-api, orders/orders-notify,",
      );
    },
  );

  test("plan --base in a folder outside of a repository is refused without a word about URLs", async () => {
    const { code, err } = await cli(["plan", root, "--base", "main"]);

    expect(code).toBe(1);
    expect(err).toBe(
      `error: ${root} is not in a git repository\nhint:  run it in a clone of the repository\n`,
    );
  });

  test("render prints the compiled documents, and notes that instance names are not those of AWS", async () => {
    const { code, out, err } = await cli(["render", "orders/orders-api@prod", "--dir", "manifests"]);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      target: "orders/orders-api@prod/eu-west-1",
      role: {
        boundary: "arn:aws:iam::444455556666:policy/grantkeeper-boundary/platform-default",
        inline: { Version: "2012-10-17" },
      },
    });
    expect(err).toContain('instance "offline"');
  });

  test("render with the operator's file uses its instance and adds no note", async () => {
    const argv = ["render", "orders/orders-api@prod", "--dir", "manifests", "--config", "x.yaml"];
    const { out, err } = await cli(argv, { installation: {} });

    expect(JSON.parse(out)).toMatchObject({ role: { tags: { "grantkeeper.dev/instance": "test-1" } } });
    expect(err).toBe("");
  });
});
