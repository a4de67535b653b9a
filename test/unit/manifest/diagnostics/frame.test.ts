import { describe, expect, test } from "@jest/globals";
import { compileTexts, functionText } from "../../../support/manifests.ts";
import { found } from "./found.ts";

describe("a fault in the frame of a document", () => {
  test.each([
    {
      text: "apiVersion: grantkeeper.dev/v1alpha1\nmetadata: {name: a}\n",
      message:
        "1:1 kind is required → write kind: FunctionPermission or AwsAccount or AccountSet or ManagedPolicy or Team or Waiver or Exclusion or GuardrailProfile or GrantTemplate or ChangeWindow",
    },
    {
      text: "kind: 1\n",
      message:
        "1:7 kind must be text → write kind: FunctionPermission or AwsAccount or AccountSet or ManagedPolicy or Team or Waiver or Exclusion or GuardrailProfile or GrantTemplate or ChangeWindow",
    },
    {
      text: "kind: FunctionPermision\n",
      message:
        '1:1 unknown kind "FunctionPermision" → did you mean "FunctionPermission"? Valid values: FunctionPermission, AwsAccount, AccountSet, ManagedPolicy, Team, Waiver, Exclusion, GuardrailProfile, GrantTemplate, ChangeWindow',
    },
    {
      text: "kind: Deployment\n",
      message:
        '1:1 unknown kind "Deployment" → valid values: FunctionPermission, AwsAccount, AccountSet, ManagedPolicy, Team, Waiver, Exclusion, GuardrailProfile, GrantTemplate, ChangeWindow',
    },
    {
      text: "[]\n",
      message:
        "1:1 kind is required → write kind: FunctionPermission or AwsAccount or AccountSet or ManagedPolicy or Team or Waiver or Exclusion or GuardrailProfile or GrantTemplate or ChangeWindow",
    },
    {
      text: functionText("a").replace("v1alpha1", "v1alpha2"),
      message:
        '1:13 unknown value "grantkeeper.dev/v1alpha2" for apiVersion → write grantkeeper.dev/v1alpha1',
    },
    {
      text: functionText("a").replace("apiVersion: grantkeeper.dev/v1alpha1\n", ""),
      message: "1:1 apiVersion is required → write apiVersion: grantkeeper.dev/v1alpha1",
    },
    {
      text: functionText("a").replace("metadata: {name: a}\n", ""),
      message: "1:1 metadata is required → write metadata: {name: TEXT}",
    },
    {
      text: functionText("Orders_API"),
      message:
        '3:18 "Orders_API" is not a name (lower-case letters, digits, - and ., as in RFC 1123) → write orders-api',
    },
    {
      text: functionText("12"),
      message: '3:18 metadata.name: 12 is read as a number, not as text → quote it: "12"',
    },
    {
      text: functionText("a").replace("{name: a}", "{name: a, label: {}}"),
      message:
        '3:21 unknown field "label" in metadata → did you mean "labels"? Valid fields: annotations, labels, name, namespace',
    },
    {
      text: functionText("a").replace("{name: a}", '{name: a, labels: {"a b": x}}'),
      message: '3:37 "a b" is not a name for a label → write it like example.com/ticket',
    },
    {
      text: functionText("a").replace("{name: a}", "{name: a, annotations: {x: 1}}"),
      message: '3:38 metadata.annotations.x: 1 is read as a number, not as text → quote it: "1"',
    },
    {
      text: functionText("a").replace("{name: a}", "{name: a, namespace: payments}"),
      message: "3:21 metadata.namespace is payments, the folder's is orders → write orders, or leave it out",
    },
    {
      text: functionText("a").replace("spec:", "spec: 3\nspeck:"),
      message:
        "4:7 spec must be an object, not number → write its fields: deletionPolicy, dependsOn, function, functionRole, grants, invokedBy, isolation, logs, managedPolicies, mode, role, statements, targets, templates, tracing, undeclaredCallers, vpc",
    },
  ])("$message", ({ text, message }) => {
    expect(found(text)).toContain(message);
  });
});

test("all problems of all files are reported together, by file, line and column", () => {
  const compilation = compileTexts({
    "teams/b/b.yaml": functionText("b", "  mode: enfroce\n  tracing: 3\n"),
    "teams/a/a.yaml": functionText("a", "  grnats: []\n"),
  });
  const places = compilation.diagnostics.map(({ origin }) => `${origin.file}:${origin.line}`);

  expect(places).toEqual(["teams/a/a.yaml:6", "teams/b/b.yaml:6", "teams/b/b.yaml:7"]);
});
