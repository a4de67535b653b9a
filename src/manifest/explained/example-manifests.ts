import type { JsonObject } from "../../model/values/json.ts";
import { EXAMPLE_ACCOUNT, exampleTemplate } from "./example-account.ts";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";
import { API_VERSION, type Kind } from "../schema/document.ts";

/**
 * Valid manifests that together have every field, by kind: an explained field shows its part of the first one that has it.
 * Tests check both.
 */
export function exampleManifests(kind: Kind): readonly JsonObject[] {
  return EXAMPLES[kind].map(({ metadata, spec }) => ({ apiVersion: API_VERSION, kind, metadata, spec }));
}

interface Example {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
}

const STATEMENT = {
  reason: "ORD-77: no grant for textract yet",
  until: "2027-06-30T00:00:00Z",
  statement: { Effect: "Allow", Action: "textract:DetectDocumentText", Resource: "*" },
};

const TEMPLATE_USE = {
  template: "queue-worker",
  version: 1,
  parameters: { queue: "orders-incoming" },
  until: "2027-06-30T00:00:00Z",
  reason: "ORD-80: until the new worker takes over",
};

const READ_ORDERS = {
  dynamodb: { table: "orders", allow: ["read"] },
  until: "2027-06-30T00:00:00Z",
  reason: "ORD-12: until orders has an API",
};

/** The first verb of each grant. */
const VERBS = Object.fromEntries(
  GRANT_ENTRIES.map(({ grant, verbs }) => [grant, Object.keys(verbs).slice(0, 1)]),
);

const EXAMPLES: Readonly<Record<Kind, readonly Example[]>> = {
  FunctionPermission: [
    {
      metadata: {
        name: "orders-api",
        namespace: "orders",
        labels: { tier: "1" },
        annotations: { "example.com/on-call": "orders" },
      },
      spec: {
        function: "orders-api",
        targets: [{ accounts: ["staging", "prod"], regions: ["eu-west-1"] }],
        mode: "enforce",
        role: {
          name: "${function}-${region}",
          path: "/grantkeeper/orders/",
          boundary: "platform-default",
          adopt: "never",
          tags: { "cost-center": "4711" },
          description: "Takes orders from the shop",
          maxSessionDuration: "2h",
        },
        functionRole: "verify",
        logs: { group: "/aws/lambda/orders-api", create: false },
        tracing: true,
        vpc: true,
        isolation: "none",
        grants: [READ_ORDERS],
        statements: [STATEMENT],
        templates: [TEMPLATE_USE],
        managedPolicies: ["platform/audit-trail"],
        invokedBy: [
          { sns: { topic: "orders-returned" }, qualifier: "live", reason: "ORD-12: returns" },
          {
            statement: {
              Effect: "Allow",
              Principal: { Service: "transfer.amazonaws.com" },
              Action: "lambda:InvokeFunction",
            },
            reason: "ORD-77: no caller for Transfer Family yet",
          },
        ],
        dependsOn: ["orders-worker"],
        undeclaredCallers: "report",
        deletionPolicy: "retain",
      },
    },
    {
      metadata: { name: "orders-worker" },
      spec: {
        targets: [{ accounts: ["prod"], regions: ["eu-west-1"] }],
        logs: { groupPrefix: "/aws/lambda/orders-prod", tag: true },
      },
    },
  ],
  AwsAccount: [
    {
      metadata: { name: "prod", labels: { stage: "prod" }, annotations: { "example.com/owner": "platform" } },
      spec: EXAMPLE_ACCOUNT,
    },
  ],
  AccountSet: [
    {
      metadata: {
        name: "workloads",
        labels: { stage: "prod" },
        annotations: { "example.com/owner": "platform" },
      },
      spec: {
        accounts: [
          { name: "prod", id: "111122223333", mode: "observe", vars: { ordersTable: "orders-prod" } },
        ],
        template: exampleTemplate(),
      },
    },
    {
      metadata: { name: "organization" },
      spec: {
        organization: {
          reader: {
            role: "arn:aws:iam::999988887777:role/grantkeeper-system/reader",
            externalId: "gk-0f52a9e37d1c",
          },
          units: ["ou-ab12-cd34ef56"],
          tags: { stage: "prod" },
          except: ["444455556666"],
        },
        template: {
          regions: ["eu-west-1"],
          observer: {
            role: "arn:aws:iam::${account.id}:role/grantkeeper-system/observer",
            externalId: "gk-7d1f0c52a9e3",
          },
        },
      },
    },
  ],
  ManagedPolicy: [
    {
      metadata: {
        name: "report-files",
        namespace: "reports",
        labels: { tier: "1" },
        annotations: { "example.com/on-call": "reports" },
      },
      spec: {
        description: "Reads and writes finished reports",
        use: "attach",
        grants: [READ_ORDERS],
        statements: [STATEMENT],
        templates: [TEMPLATE_USE],
        deletionPolicy: "retain",
      },
    },
    {
      metadata: { name: "platform-default" },
      spec: {
        use: "boundary",
        document: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: "*" }],
        },
      },
    },
  ],
  Team: [
    {
      metadata: { name: "orders", labels: { tier: "1" }, annotations: { "example.com/on-call": "orders" } },
      spec: {
        accounts: ["*"],
        functions: ["orders-*"],
        resources: ["orders", "orders-*"],
        grants: { dynamodb: ["read", "write"], sqs: ["send", "consume"] },
        statements: false,
        boundaries: ["data-wide"],
        limits: { deletes: 1, changedCount: 5, changedShare: 0.2 },
        profile: "baseline",
        alerts: ["orders-chat"],
        references: ["stack.orders-*"],
        shares: [{ with: "payments", resources: ["orders-events"], grants: { dynamodb: ["read"] } }],
      },
    },
    {
      metadata: { name: "search" },
      spec: {
        accounts: ["prod"],
        functions: ["search-*"],
        grants: VERBS,
        shares: [{ with: "orders", resources: ["search-index"], grants: VERBS }],
      },
    },
  ],
  Waiver: [
    {
      metadata: {
        name: "search-58",
        labels: { tier: "1" },
        annotations: { "example.com/ticket": "SEARCH-58" },
      },
      spec: {
        rule: "RES-002",
        binding: "search/query@staging/eu-west-1",
        reason: "SEARCH-58: each release makes a new collection",
        owner: "search",
        until: "2027-06-30T00:00:00Z",
      },
    },
  ],
  Exclusion: [
    {
      metadata: { name: "vendor", labels: { tier: "1" }, annotations: { "example.com/ticket": "PLAT-9" } },
      spec: {
        functions: ["vendor-*"],
        accounts: ["prod"],
        regions: ["eu-west-1"],
        reason: "PLAT-9: the vendor's stack sets their roles",
        owner: "platform",
        until: "2027-06-30T00:00:00Z",
      },
    },
  ],
  GuardrailProfile: [
    {
      metadata: { name: "payments", labels: { tier: "1" }, annotations: { "example.com/owner": "platform" } },
      spec: {
        base: "strict",
        agent: true,
        selector: { namespaces: ["payments"], accounts: ["prod"], labels: { tier: "1" } },
        rules: { "RES-004": "block" },
        unwaivable: ["ACT-001"],
        maxUntil: "90d",
        requiredAnnotations: ["owner"],
        approval: { for: "new-access", group: "security", preapproved: VERBS },
      },
    },
  ],
  GrantTemplate: [
    {
      metadata: {
        name: "queue-worker",
        labels: { tier: "1" },
        annotations: { "example.com/owner": "platform" },
      },
      spec: {
        version: 1,
        description: "Takes messages from one queue",
        parameters: {
          queue: {
            type: "text",
            pattern: "[a-z-]+",
            default: "orders-incoming",
            description: "the queue's name",
          },
        },
        grants: [
          {
            sqs: { queue: "${param.queue}", allow: ["consume"] },
            until: "2027-06-30T00:00:00Z",
            reason: "ORD-80: until the new worker takes over",
          },
        ],
        statements: [STATEMENT],
      },
    },
  ],
  ChangeWindow: [
    {
      metadata: {
        name: "office-hours",
        labels: { tier: "1" },
        annotations: { "example.com/owner": "platform" },
      },
      spec: {
        accounts: ["prod"],
        namespaces: ["payments"],
        zone: "Europe/Berlin",
        opens: [{ days: ["mon", "tue", "wed", "thu"], at: "09:30", for: "6h" }],
        overrun: "15m",
        after: { accounts: ["staging"], verifiedFor: "30m" },
      },
    },
  ],
};
