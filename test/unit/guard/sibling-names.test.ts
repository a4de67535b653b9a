import { describe, expect, test } from "@jest/globals";
import { functionText } from "../../support/manifests.ts";
import { fenced } from "./fences/fenced.ts";
import {
  ACCOUNT,
  judged,
  liveAccount,
  liveFunction,
  liveRole,
  stating,
  verdicts,
  world,
  type World,
} from "./judged.ts";

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;

const using = (Action: string, Resource: string, files: Readonly<Record<string, string>> = {}): World =>
  stating({ Effect: "Allow", Action, Resource }, files);

const rules = (found: World): readonly string[] =>
  verdicts(judged(found)).filter((text) => text.startsWith("RES-004"));

describe("RES-004", () => {
  test.each([
    { action: "lambda:InvokeFunction", resource: arn("lambda", "function:pricing*"), because: "a function" },
    {
      action: "lambda:InvokeFunction",
      resource: arn("lambda", "function:pricing*:live"),
      because: "with an alias",
    },
    { action: "sns:Publish", resource: arn("sns", "orders*"), because: "a topic" },
    {
      action: "dynamodb:Query",
      resource: arn("dynamodb", "table/orders*/index/*"),
      because: "a table of an index",
    },
    { action: "s3:GetObject", resource: "arn:aws:s3:::uploads*/x", because: "a bucket" },
    {
      action: "iam:GetRole",
      resource: `arn:aws:iam::${ACCOUNT}:role/jobs/night*`,
      because: "a role below a path",
    },
    { action: "ssm:GetDocument", resource: arn("ssm", "document/patch*"), because: "a document" },
    { action: "sns:Publish", resource: arn("sns", "orders**"), because: "a topic, with two stars" },
    { action: "sns:Publish", resource: arn("sns", "orders?*"), because: "a topic, with a letter more" },
  ])("warns of $resource: the name of $because", ({ action, resource }) => {
    expect(rules(using(action, resource))).toEqual(["RES-004 warn"]);
  });

  test.each([
    {
      action: "lambda:InvokeFunction",
      resource: arn("lambda", "function:pricing-*"),
      because: "a family of names",
    },
    {
      action: "lambda:InvokeFunction",
      resource: arn("lambda", "function:pricing:*"),
      because: "its qualifiers",
    },
    { action: "s3:GetObject", resource: "arn:aws:s3:::uploads/orders*", because: "keys are no siblings" },
    { action: "ssm:GetParameter", resource: arn("ssm", "parameter/orders*"), because: "neither are paths" },
    {
      action: "secretsmanager:GetSecretValue",
      resource: arn("secretsmanager", "secret:orders-??????"),
      because: "AWS appends these characters",
    },
    {
      action: "cognito-idp:AdminGetUser",
      resource: arn("cognito-idp", "userpool/eu-west-1_a*"),
      because: "an id",
    },
    { action: "iam:GetRole", resource: `arn:aws:iam::${ACCOUNT}:role/jobs/*`, because: "a path of roles" },
    {
      action: "textract:AnalyzeDocument",
      resource: arn("textract", "adapter/x*"),
      because: "an unknown type",
    },
  ])("accepts $resource: $because", ({ action, resource }) => {
    expect(rules(using(action, resource))).toEqual([]);
  });

  test("a Deny, and what the catalogue writes, are no breach", () => {
    const denied = stating({ Effect: "Deny", Action: "sns:Publish", Resource: arn("sns", "orders*") });

    expect(rules(denied)).toEqual([]);
  });

  test("lists the functions and roles of AWS and of all manifests that the name matches", () => {
    const files = { "teams/shop/pricing-admin.yaml": functionText("pricing-admin", "  tracing: true") };
    const live = liveAccount({
      functions: [liveFunction("pricing"), liveFunction("pricingarchive"), liveFunction("other")],
      roles: [liveRole("other")],
    });
    const [found] = judged(using("lambda:InvokeFunction", arn("lambda", "function:pricing*"), files), {
      live,
    });

    expect(found).toMatchObject({
      rule: "RES-004",
      why: `"${arn("lambda", "function:pricing*")}" matches every name that begins with pricing; manifests and AWS show pricing-admin, pricingarchive`,
      fix: `write Resource: ["${arn("lambda", "function:pricing")}", "${arn("lambda", "function:pricing")}:*"] for the one, or "${arn("lambda", "function:pricing-*")}" for names that begin with pricing-`,
    });
  });

  test.each(["*", "eu-*", "eu-west-?"])("lists them for the open region %s too", (region) => {
    const live = liveAccount({ functions: [liveFunction("pricing"), liveFunction("pricingarchive")] });
    const resource = arn("lambda", "function:pricing*").replace("eu-west-1", region);
    const found = judged(using("lambda:InvokeFunction", resource), { live });

    expect(found.find(({ rule }) => rule === "RES-004")?.why).toContain("show pricingarchive");
  });

  test("lists none of another region", () => {
    const live = liveAccount({ functions: [liveFunction("pricing"), liveFunction("pricingarchive")] });
    const resource = arn("lambda", "function:pricing*").replace("eu-west-1", "us-*");
    const found = judged(using("lambda:InvokeFunction", resource), { live });

    expect(found.find(({ rule }) => rule === "RES-004")?.why).toContain("show no other");
  });

  test("warns once of logs.groupPrefix, names the other functions, and proposes the default", () => {
    const files = { "teams/orders/worker.yaml": functionText("orders-prod-worker") };
    const spec = "  function: orders-prod-api\n  logs: {groupPrefix: /aws/lambda/orders-prod, tag: true}\n";

    const live = liveAccount({ functions: [liveFunction("orders-prod-old"), liveFunction("orders-test")] });

    const found = judged(world(spec, files), { live }).filter(({ rule }) => rule === "RES-004");

    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: "warn", origin: { path: "spec.logs" } });
    expect(found[0]?.why).toBe(
      `"${arn("logs", "log-group:/aws/lambda/orders-prod*:*:*")}" matches the log group of each function whose name begins with orders-prod; manifests and AWS show orders-prod-old, orders-prod-worker`,
    );
    expect(found[0]?.fix).toBe(
      "remove groupPrefix from spec.logs: by default the function writes to its own log group, and to no other",
    );
  });

  test.each(["", "  logs: {group: /shop/orders}\n", "  logs: {create: false}\n"])(
    "does not warn of one log group: %j",
    (spec) => {
      expect(rules(world(spec, {}))).toEqual([]);
    },
  );

  test("corrects the name of the table, also if the index has the same", () => {
    const [found] = judged(using("dynamodb:Query", arn("dynamodb", "table/orders*/index/orders*")));

    expect(found?.fix).toContain(`["${arn("dynamodb", "table/orders/index/orders*")}"]`);
  });

  test("shows a team with a Team its own names only, of AWS as of the manifests", () => {
    const files = { "teams/payments/a.yaml": functionText("payments-a", "  tracing: true") };
    const live = liveAccount({
      functions: ["orders-api", "orders-admin", "payments-b"].map((name) => liveFunction(name)),
      roles: [liveRole("payments-c")],
    });
    const whyOf = (name: string): string | undefined => {
      const statement = `{Effect: Allow, Action: "lambda:InvokeFunction", Resource: "${arn("lambda", `function:${name}`)}"}`;
      const found = fenced(`  statements: [{reason: x, statement: ${statement}}]`, undefined, files);
      return judged(found, { live }).find(({ rule }) => rule === "RES-004")?.why;
    };

    expect(whyOf("payments-b*")).toContain(
      "payments-b; manifests and AWS show no other that the team may use",
    );
    expect(whyOf("pay*")).not.toContain("payments");
    expect(whyOf("orders-ad*")).toContain("manifests and AWS show orders-admin that the team may use");
  });

  test("knows resources of other services from the manifests of every team alone, and the message is clear about it", () => {
    const topic = `  grants: [{sns: {topic: orders-returned, allow: [publish]}}]`;
    const files = { "teams/shop/returns.yaml": functionText("returns", topic) };
    const whyOf = (found: World): string | undefined =>
      judged(found, { live: liveAccount() }).find(({ rule }) => rule === "RES-004")?.why;

    expect(whyOf(using("sns:Publish", arn("sns", "orders*"), files))).toContain(
      "manifests alone show orders-returned",
    );
    expect(whyOf(using("sns:Publish", arn("sns", "orders*")))).toContain("manifests alone show no other");
  });
});
