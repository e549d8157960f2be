/**
 * The Pulumi CLI versions this project knows about. This is the only place that pins them, except the launcher's,
 * which is the version of the npm package `pulumi` in the root `package.json`.
 */

/**
 * The oldest CLI that is used when found. The engine has resource hooks since 3.182.0; the margin above that is what
 * this project is tried with. (`onError` hooks would need 3.217.0.)
 */
export const MINIMUM_VERSION = "3.230.0";

/** The version that is built from the Go module when nothing else is there. */
export const BUILT_VERSION = "3.250.0";

/** The main package of the CLI in its Go module. */
export const GO_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** The Go variable that holds the version: the Automation API refuses a CLI that was built without it. */
export const GO_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The oldest Go that has `go get -tool`; it fetches the newer toolchain that the module asks for by itself. */
export const MINIMUM_GO = { major: 1, minor: 24 } as const;

/**
 * Reads what `pulumi version` prints (`v3.250.0`, `3.251.0-alpha.1`), without the leading `v`.
 *
 * @returns undefined when the text does not start with a version
 */
export function parseVersion(text: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)\s*$/m.exec(text.trim())?.[1];
}

/** Whether `version` is `minimum` or newer. A pre-release counts as its release: close enough to let it through. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [a, b] = [numbers(version), numbers(minimum)];
  for (const [i, wanted] of b.entries()) {
    const found = a[i] ?? 0;
    if (found !== wanted) {
      return found > wanted;
    }
  }
  return true;
}

function numbers(version: string): number[] {
  return (version.split(/[-+]/)[0] ?? "").split(".").map(Number);
}
