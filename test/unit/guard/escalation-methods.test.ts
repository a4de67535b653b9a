import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { accountText } from "../../support/manifests.ts";
import { WIDE } from "./escalation.ts";
import { ACCOUNT, document, judged, liveAccount, policyText, verdicts, world, type World } from "./judged.ts";

/**
 * The published methods of privilege escalation that the role of a function can use, named after the list of Rhino
 * Security Labs (https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation). A method takes all of its actions.
 */
const METHODS = {
  CreateNewPolicyVersion: ["iam:CreatePolicyVersion"],
  SetExistingDefaultPolicyVersion: ["iam:SetDefaultPolicyVersion"],
  CreateEC2WithExistingInstanceProfile: ["iam:PassRole", "ec2:RunInstances"],
  CreateAccessKey: ["iam:CreateAccessKey"],
  CreateLoginProfile: ["iam:CreateLoginProfile"],
  UpdateLoginProfile: ["iam:UpdateLoginProfile"],
  AttachUserPolicy: ["iam:AttachUserPolicy"],
  AttachGroupPolicy: ["iam:AttachGroupPolicy"],
  AttachRolePolicy: ["iam:AttachRolePolicy", "sts:AssumeRole"],
  PutUserPolicy: ["iam:PutUserPolicy"],
  PutGroupPolicy: ["iam:PutGroupPolicy"],
  PutRolePolicy: ["iam:PutRolePolicy", "sts:AssumeRole"],
  AddUserToGroup: ["iam:AddUserToGroup"],
  UpdateRolePolicyToAssumeIt: ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
  PassExistingRoleToNewLambdaThenInvoke: ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
  PassExistingRoleToNewLambdaThenInvokeCrossAccount: [
    "iam:PassRole",
    "lambda:CreateFunction",
    "lambda:AddPermission",
  ],
  PassExistingRoleToNewLambdaThenTriggerWithNewDynamo: [
    "iam:PassRole",
    "lambda:CreateFunction",
    "lambda:CreateEventSourceMapping",
    "dynamodb:CreateTable",
    "dynamodb:PutItem",
  ],
  PassExistingRoleToNewLambdaThenTriggerWithExistingDynamo: [
    "iam:PassRole",
    "lambda:CreateFunction",
    "lambda:CreateEventSourceMapping",
  ],
  EditExistingLambdaFunctionWithRole: ["lambda:UpdateFunctionCode"],
  EditExistingLambdaFunctionWithLayer: ["lambda:UpdateFunctionConfiguration"],
  PassExistingRoleToNewGlueDevEndpoint: ["iam:PassRole", "glue:CreateDevEndpoint"],
  UpdateExistingGlueDevEndpoint: ["glue:UpdateDevEndpoint"],
  PassExistingRoleToCloudFormation: ["iam:PassRole", "cloudformation:CreateStack"],
  PassExistingRoleToNewDataPipeline: [
    "iam:PassRole",
    "datapipeline:CreatePipeline",
    "datapipeline:PutPipelineDefinition",
    "datapipeline:ActivatePipeline",
  ],
  PassExistingRoleToNewSageMakerNotebook: [
    "iam:PassRole",
    "sagemaker:CreateNotebookInstance",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
  ],
  CodeStarCreateProjectFromTemplate: ["codestar:CreateProjectFromTemplate"],
  PassExistingRoleToNewCodeStarProject: ["iam:PassRole", "codestar:CreateProject"],
  CodeStarAssociateTeamMember: ["codestar:AssociateTeamMember"],
} as const satisfies Record<string, readonly string[]>;

const AWS_MANAGED = "arn:aws:iam::aws:policy/Wanted";
const HARMLESS = ["s3:ListAllMyBuckets"];

/** The actions of each document: written in the manifest, in a ManagedPolicy of the team, in a policy of AWS. */
interface Parts {
  readonly inline: readonly string[];
  readonly own?: readonly string[];
  readonly aws?: readonly string[];
}

type Wrap = (actions: readonly string[]) => Statement;

const allowing: Wrap = (Action) => ({ Effect: "Allow", Action, Resource: "*" });

/** The role with these documents, in a boundary that closes nothing. */
function role({ inline, own, aws }: Parts, wrap: Wrap = allowing): { found: World; awsText: string } {
  const attached = [own === undefined ? [] : ["half"], aws === undefined ? [] : [AWS_MANAGED]].flat();
  const policies = attached.length === 0 ? "" : `  managedPolicies: ${JSON.stringify(attached)}\n`;
  const found = world(
    `${policies}  statements: [{reason: test, statement: ${JSON.stringify(wrap(inline))}}]`,
    {
      ...WIDE,
      "platform/accounts.yaml": accountText("prod", ACCOUNT, `  attachablePolicies: ["${AWS_MANAGED}"]\n`),
      ...(own === undefined ? {} : { "teams/orders/half.yaml": policyText("half", document(wrap(own))) }),
    },
  );
  return { found, awsText: document(wrap(aws ?? HARMLESS)) };
}

const refusals = ({ found, awsText }: ReturnType<typeof role>): readonly string[] => {
  const live = liveAccount({ awsManaged: { [AWS_MANAGED]: awsText } });
  return verdicts(judged(found, { live })).filter((text) => /^ESC-.* block$/.test(text));
};

/** The first action in one document and the others in another; a single action is alone in the other one. */
const split = (actions: readonly string[], document: "own" | "aws"): Parts => {
  const [first = [], ...others] = actions.map((action) => [action]);
  return others.length === 0
    ? { inline: HARMLESS, [document]: first }
    : { inline: others.flat(), [document]: first };
};

/** `Iam:PaSsRoLe` */
const inTurns = (text: string): string =>
  text.toLowerCase().replaceAll(/(.)(.?)/g, (_, upper: string, lower: string) => upper.toUpperCase() + lower);

/** Ways to write the same actions. */
const SPELLINGS = {
  "as AWS writes them": (action) => action,
  "in another case": inTurns,
  "with a star at their end": (action) => `${action.slice(0, -3)}*`,
  "with a star at their begin": (action) => action.replace(/:..../, ":*"),
  "with question marks": (action) => action.replaceAll(/(?<=:.*)[aeiou]/g, "?"),
  "with a star for the service": (action) => action.replace(/^[^:]+/, "*"),
} as const satisfies Record<string, (action: string) => string>;

/** Ways to divide them among the documents of the role. */
const DIVISIONS = {
  "in one statement": (actions) => ({ inline: actions }),
  "split with a ManagedPolicy": (actions) => split(actions, "own"),
  "split with a policy of AWS": (actions) => split(actions, "aws"),
  "all in a policy of AWS": (actions) => ({ inline: HARMLESS, aws: actions }),
} as const satisfies Record<string, (actions: readonly string[]) => Parts>;

/** Ways to allow them without naming them, or without a resource of `*`. */
const WRAPPINGS = {
  "behind NotAction": () => ({ Effect: "Allow", NotAction: HARMLESS, Resource: "*" }),
  "behind NotAction of other services": () => ({
    Effect: "Allow",
    NotAction: ["s3:*", "sqs:*"],
    Resource: "*",
  }),
  "behind NotResource": (Action) => ({ Effect: "Allow", Action, NotResource: "arn:aws:s3:::nothing" }),
  "on every resource of each service": (Action) => ({
    Effect: "Allow",
    Action,
    Resource: [...new Set(Action.map((action) => `arn:aws:${action.split(":")[0]}:*:*:*`))],
  }),
  "with a condition that nearly every request meets": (Action) => ({
    Effect: "Allow",
    Action,
    Resource: "*",
    Condition: { StringNotEquals: { "aws:RequestedRegion": "us-gov-west-1" } },
  }),
} as const satisfies Record<string, Wrap>;

describe.each(Object.entries(METHODS))("%s", (_, actions: readonly string[]) => {
  const [first = ""] = actions;
  const rule = `ESC-${first.slice(first.indexOf(":") + 1)} block`;

  test.each(Object.entries(DIVISIONS))("is refused %s, in every spelling", (__, divide) => {
    for (const [name, spell] of Object.entries(SPELLINGS)) {
      expect([name, refusals(role(divide(actions.map(spell))))]).toEqual([
        name,
        expect.arrayContaining([rule]),
      ]);
    }
  });

  test.each(Object.entries(WRAPPINGS))("is refused %s", (__, wrap) => {
    expect(refusals(role({ inline: actions }, wrap))).toContain(rule);
    expect(refusals(role({ inline: HARMLESS, aws: actions }, wrap))).toContain(rule);
  });
});

test("offline, a policy of AWS counts as shipped", () => {
  const { found, awsText } = role({ inline: ["iam:PassRole"], aws: ["ec2:RunInstances"] });
  const shipped = { snapshotDate: "2026-08-26", textOf: () => awsText, nearestTo: () => undefined };

  expect(verdicts(judged(found, { shipped }))).toContain("ESC-PassRole block");
});

test("there are 28 methods", () => {
  expect(Object.keys(METHODS)).toHaveLength(28);
});
