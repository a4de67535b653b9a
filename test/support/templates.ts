/** A GrantTemplate; `spec` is YAML, indented by two. */
export function templateText(name: string, version: number | string, spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: GrantTemplate
metadata: {name: ${name}}
spec:
  version: ${version}
${spec}`;
}
