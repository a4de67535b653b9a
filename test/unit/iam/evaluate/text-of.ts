export function textOf(...statements: readonly object[]): string {
  const filled = statements.map((one) => ({ Effect: "Allow", Action: "*", Resource: "*", ...one }));
  return JSON.stringify({ Version: "2012-10-17", Statement: filled });
}
