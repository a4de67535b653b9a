import { parseNamespace } from "../../model/aws/ids.ts";
import type { ConfigProblem } from "../problem.ts";
import type { PlaceOf } from "../read-file.ts";
import type { ParsedHttp } from "./http-schema.ts";

/** The rules between the fields of `http`. */
export function* httpProblems(
  { http: { oidc, publicUrl } }: { readonly http: ParsedHttp },
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  if (oidc === undefined) return;
  if (publicUrl === undefined)
    yield {
      where: placeOf(["http", "oidc"]),
      message: "http.oidc needs http.publicUrl, to which the provider sends people back",
      fix: "add the address of the page: publicUrl: https://grantkeeper.example.com",
    };
  for (const [index, { namespaces }] of oidc.grants.entries())
    for (const namespace of namespaces.filter((text) => text !== "*" && parseNamespace(text) === undefined))
      yield {
        where: placeOf(["http", "oidc", "grants", index, "namespaces"]),
        message: `"${namespace}" is not a namespace (expected the name of a team's folder or "*")`,
      };
}
