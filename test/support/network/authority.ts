import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

/** A private authority, whose certificate is `caFile`. */
export class Authority {
  readonly folder: string;
  readonly caFile: string;

  /** @param folder a new folder of the test */
  constructor(folder: string, name = "ca") {
    this.folder = folder;
    this.caFile = join(folder, `${name}.pem`);
    const key = join(folder, `${name}.key`);
    openssl([
      "req",
      "-x509",
      ...EC,
      "-days",
      "2",
      "-subj",
      `/CN=Test authority ${name}`,
      "-keyout",
      key,
      "-out",
      this.caFile,
    ]);
  }

  /** The certificate of a server, and its key. */
  issue(hosts: readonly string[], options: { readonly expired?: true } = {}): { key: string; cert: string } {
    const [key, cert] = [join(this.folder, "server.key"), join(this.folder, "server.pem")];
    const extensions = join(this.folder, "server.ext");
    writeFileSync(
      extensions,
      `subjectAltName=${hosts.map((host) => `${isIP(host) === 0 ? "DNS" : "IP"}:${host}`).join(",")}\n`,
    );
    openssl(["req", ...EC, "-subj", "/CN=server", "-keyout", key, "-out", `${cert}.request`]);
    const validity = options.expired
      ? ["-not_before", "20200101000000Z", "-not_after", "20200102000000Z"]
      : ["-days", "2"];
    const authority = ["-CA", this.caFile, "-CAkey", this.caFile.replace(/pem$/, "key"), "-CAcreateserial"];
    openssl([
      "x509",
      "-req",
      "-in",
      `${cert}.request`,
      ...authority,
      ...validity,
      "-extfile",
      extensions,
      "-out",
      cert,
    ]);
    return { key, cert };
  }
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "ignore" });
}
