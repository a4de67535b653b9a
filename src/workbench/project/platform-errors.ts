import type { Project } from "./project.ts";

/** A document of the platform with an error is left out: policies would lack what it allows, or what it forbids. */
export function platformErrors({ compilation, paths }: Project): Project["compilation"]["diagnostics"] {
  return compilation.diagnostics.filter(
    ({ severity, origin }) =>
      severity === "error" &&
      (origin.file.startsWith(`${paths.platformPath}/`) || paths.platformPath === "."),
  );
}
