import { CLUSTER } from "../core/cluster";
import { debianReleaseOf, readImage } from "../core/image";
import { changeRule } from "../core/rule";
import type { View } from "../core/view";

export default changeRule({
  id: "cnpg-change-debian-release",
  title:
    "Where libraries of the image sort text, another Debian release comes with a reindex that was announced.",
  severity: "high",
  tags: ["change"],
  why: "glibc and ICU of another Debian release can sort text in another order than the one in which indexes were built. Postgres goes on with them: queries miss rows, unique indexes take duplicates, and nothing fails.",
  remedy:
    "Stay with the Debian release of the image, or rebuild all indexes on text right after the change (REINDEX, then ALTER DATABASE ... REFRESH COLLATION VERSION), and name the new release in this rule's parameter announced.",
  url: "https://www.postgresql.org/docs/current/collation.html#COLLATION-MANAGING",
  types: [CLUSTER],
  parameters: {
    announced: {
      type: "array",
      default: [],
      description: 'Debian releases for which indexes are rebuilt, such as "trixie".',
    },
  },
  judge({ view, before, report, parameters }) {
    const at = view.at("spec", "imageName");
    const [was, is] = [before.view.at("spec", "imageName"), at].map((name) =>
      debianReleaseOf(readImage(name.text() ?? "")),
    );
    if (was === undefined || is === undefined || was === is) return;
    const { announced } = parameters;
    if (Array.isArray(announced) && announced.includes(is)) return;
    const locale = sortedByImage(view.at("spec", "bootstrap", "initdb"));
    if (locale === undefined) return;
    report(
      at,
      `goes from ${was} to ${is}, and text is sorted by the image (${locale}). Write an image of ${was}, or announce the reindex.`,
    );
  },
});

/** Locales of libc that sort by code point, whatever its version. */
const stable = /^(C|POSIX|C\.utf-?8)$/i;

/** The locale by which a library of the image sorts; undefined if none is known. */
function sortedByImage(initdb: View): string | undefined {
  const provider = initdb.text("localeProvider") ?? "libc";
  const fields =
    provider === "icu"
      ? ["icuLocale", "locale"]
      : provider === "libc"
        ? ["localeCollate", "localeCType", "locale"]
        : [];
  for (const field of fields) {
    const locale = initdb.text(field);
    if (locale !== undefined && !stable.test(locale)) return `${field}: ${locale}`;
  }
  return undefined;
}
