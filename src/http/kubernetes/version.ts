/** The version of Kubernetes whose API is spoken: kubectl warns if its own is more than one minor version away. */
const MINOR = 32;

/** Kubernetes' answer of `/version`, with the version of Grantkeeper as its build. */
export function serverVersion(version: string): object {
  const build = version.replace(/[^0-9A-Za-z.-]/g, "-");
  return {
    major: "1",
    minor: String(MINOR),
    gitVersion: `v1.${MINOR}.0+grantkeeper.${build}`,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "",
  };
}
