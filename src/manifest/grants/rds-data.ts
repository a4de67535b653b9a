import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";
import { SECRET, secretArn } from "./secrets.ts";

const CLUSTER: ResourceKind = {
  what: "an Aurora cluster with the Data API",
  service: "rds",
  prefix: "cluster:",
  name: "[a-zA-Z][a-zA-Z0-9-]{0,62}",
  example: "orders",
};

export const rdsData = grantEntry({
  grant: "rdsData",
  fields: z.strictObject({
    cluster: resourceField(CLUSTER),
    secret: resourceField(SECRET),
    allow: listOf(z.enum(["query"])),
    kmsKey: kmsKeyField().optional(),
  }),
  verbs: {
    query: {
      allows: "run SQL through the Data API, as the database user of the secret",
      leavesOut: "what the SQL may do is decided by the database user. kmsKey is the key of the secret",
    },
  },
  // The Data API reads the secret in the name of the function: whether the source function is passed on is undocumented.
  serviceVerbs: ["querySecret"],
  regionalFields: ["cluster", "secret", "kmsKey"],
  examples: [
    { cluster: "orders", secret: "orders/aurora", allow: ["query"], kmsKey: "alias/orders" },
    { cluster: "orders", secret: "orders/aurora", allow: ["query"] },
  ],
  expand: (grant, place) => [
    allow(
      "query",
      [
        "rds-data:BatchExecuteStatement",
        "rds-data:BeginTransaction",
        "rds-data:CommitTransaction",
        "rds-data:ExecuteStatement",
        "rds-data:RollbackTransaction",
      ],
      [resourceArn(CLUSTER, grant.cluster, place)],
    ),
    allow("querySecret", ["secretsmanager:GetSecretValue"], [secretArn(grant.secret, place)]),
    ...companion({ verb: "query", actions: ["Decrypt"], service: "secretsmanager" }, grant.kmsKey, place),
  ],
});
