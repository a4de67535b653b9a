import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { grantStatements, recognized } from "../../../support/adopt/policies.ts";

const ELSEWHERE = "arn:aws:kms:us-east-1:777788889999";

describe("resources are named as a manifest names them", () => {
  test.each<{ readonly because: string; readonly grant: string; readonly fields: object }>([
    {
      because: "a key of another account by its ARN",
      grant: "kms",
      fields: { key: `${ELSEWHERE}:key/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f`, allow: ["decrypt"] },
    },
    {
      because: "an alias of another account by its ARN",
      grant: "kms",
      fields: { key: `${ELSEWHERE}:alias/orders`, allow: ["decrypt"] },
    },
    {
      because: "a secret of another account by its ARN",
      grant: "secrets",
      fields: {
        secret: "arn:aws:secretsmanager:eu-west-1:777788889999:secret:orders-Ab1234",
        allow: ["read"],
      },
    },
    {
      because: "a route of every method",
      grant: "apigw",
      fields: { api: "a1b2c3d4e5", stage: "prod", method: "ANY", path: "/orders", allow: ["invoke"] },
    },
  ])("$because", ({ grant, fields }) => {
    const { grants, rest } = recognized(grantStatements(grant, fields));

    expect(rest).toEqual([]);
    expect(grants).toMatchObject([{ grant, fields }]);
  });
});

describe("a resource of a service that its grant does not name stays as it is", () => {
  test.each<{ readonly because: string; readonly statement: Statement }>([
    {
      because: "all of an API without a stage",
      statement: {
        Effect: "Allow",
        Action: "execute-api:Invoke",
        Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5",
      },
    },
    {
      because: "a stage of an API without a method",
      statement: {
        Effect: "Allow",
        Action: "execute-api:Invoke",
        Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod",
      },
    },
    {
      because: "the snapshot of a database cluster",
      statement: {
        Effect: "Allow",
        Action: ["rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"],
        Resource: "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:orders",
      },
    },
    {
      because: "every key, under no alias",
      statement: {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "arn:aws:kms:eu-west-1:111122223333:key/*",
      },
    },
    {
      because: "a Deny allows nothing",
      statement: { Effect: "Deny", Action: "s3:*", NotResource: "arn:aws:s3:::orders" },
    },
  ])("$because", ({ statement }) => {
    const { grants, rest, proof } = recognized([statement]);

    expect({ grants, proof, kept: rest.length }).toEqual({ grants: [], proof: { kind: "proved" }, kept: 1 });
  });
});
