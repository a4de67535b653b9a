import { describe, expect, test } from "@jest/globals";
import { assumerParts, callerParts } from "../../../../src/plan/render/caller-text.ts";
import { ACCOUNT, HOME, QUEUE } from "./permission-row.ts";
import { deltaRow } from "../../../support/policies/delta-rows.ts";
import { readNames } from "../../../../src/iam/row-text.ts";

describe("the text of a caller", () => {
  const arn = (value: string): string => JSON.stringify({ ArnLike: { "AWS:SourceArn": value } });

  test.each([
    {
      principal: "Service sns.amazonaws.com",
      condition: "",
      parts: { what: "caller sns", name: "sns", on: "any source", details: [] },
    },
    {
      principal: "Service s3.amazonaws.com",
      condition: JSON.stringify({
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" },
        StringEquals: { "aws:SourceAccount": ACCOUNT },
      }),
      parts: { what: "caller s3", name: "s3", on: "uploads", details: [] },
    },
    {
      principal: "Service s3.amazonaws.com",
      condition: JSON.stringify({ StringEquals: { "aws:SourceAccount": ["999999999999", ACCOUNT] } }),
      parts: { what: "caller s3", name: "s3", on: `account 999999999999 or account ${ACCOUNT}`, details: [] },
    },
    {
      principal: "Service sns.amazonaws.com",
      condition: JSON.stringify({ ArnLike: { "aws:SourceArn": [] } }),
      parts: { what: "caller sns", name: "sns", on: "no source", details: [] },
    },
    {
      principal: "Service sns.amazonaws.com",
      condition: JSON.stringify({ ArnNotLike: { "aws:SourceArn": QUEUE } }),
      parts: { what: "caller sns", name: "sns", on: "", details: [`if aws:SourceArn ArnNotLike ${QUEUE}`] },
    },
    {
      principal: "*",
      condition: JSON.stringify({ StringEquals: { "aws:PrincipalOrgID": "o-attacker9999" } }),
      parts: { what: "caller anyone", name: "anyone", on: "organization o-attacker9999", details: [] },
    },
    {
      principal: "AWS *",
      condition: JSON.stringify({ StringEquals: { "aws:SourceOrgID": "o-a1b2c3d4e5" } }),
      parts: { what: "caller anyone", name: "anyone", on: "organization o-a1b2c3d4e5", details: [] },
    },
    {
      principal: `all but AWS arn:aws:iam::${ACCOUNT}:root`,
      condition: "",
      parts: { what: "caller anyone", name: "anyone", on: `but arn:aws:iam::${ACCOUNT}:root`, details: [] },
    },
    {
      principal: "AWS arn:aws:iam::999999999999:root",
      condition: "",
      parts: { what: "caller account", name: "account", on: "999999999999", details: [] },
    },
    {
      principal: "AWS AROAEXAMPLEEXAMPLE000",
      condition: "",
      parts: {
        what: "caller deleted principal",
        name: "deleted principal",
        on: "AROAEXAMPLEEXAMPLE000",
        details: [],
      },
    },
    {
      principal: "AWS arn:aws:iam::999999999999:role/ci",
      condition: arn("arn:aws:sns:eu-west-1:999999999999:t"),
      parts: {
        what: "caller IAM",
        name: "IAM",
        on: "role/ci in account 999999999999, topic/t in account 999999999999",
        details: [],
      },
    },
    {
      principal: "Federated accounts.example.com",
      condition: "",
      parts: { what: "caller federated", name: "federated", on: "accounts.example.com", details: [] },
    },
  ])("shows $principal $condition exactly", ({ principal, condition, parts }) => {
    expect(callerParts(readNames(principal), deltaRow({ condition }).condition, HOME)).toEqual(parts);
  });
});

describe("the text of a principal that may assume the role", () => {
  test.each([
    {
      principal: "AWS arn:aws:iam::999999999999:root",
      condition: "",
      parts: { what: "assumed by account", name: "account", on: "999999999999", details: [] },
    },
    {
      principal: "Service lambda.amazonaws.com",
      condition: "",
      parts: { what: "assumed by lambda", name: "lambda", on: "", details: [] },
    },
    {
      principal: "*",
      condition: JSON.stringify({ Bool: { "aws:MultiFactorAuthPresent": "true" } }),
      parts: {
        what: "assumed by anyone",
        name: "anyone",
        on: "",
        details: ["if aws:MultiFactorAuthPresent Bool true"],
      },
    },
  ])("does not call $principal $condition a caller", ({ principal, condition, parts }) => {
    expect(assumerParts(readNames(principal), deltaRow({ condition }).condition, HOME)).toEqual(parts);
  });
});
