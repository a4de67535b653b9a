/** The parameters of each media type of an Accept header for JSON, in their order. */
export function mediaTypes(accept: string | undefined): readonly ReadonlyMap<string, string>[] {
  return (accept ?? "")
    .slice(0, 2_000)
    .split(",")
    .map((type) => type.split(";").map((part) => part.trim()))
    .filter(([type]) => type === "application/json")
    .map(([, ...parameters]) => new Map(parameters.map(parameterOf)));
}

function parameterOf(text: string): readonly [string, string] {
  const [name = "", value = ""] = text.split("=");
  return [name, value];
}
