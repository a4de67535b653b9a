/** A GuardrailProfile; `spec` is one line of YAML. */
export function profileText(name: string, spec: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: {name: ${name}}
spec: ${spec}
`;
}
