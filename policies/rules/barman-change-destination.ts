import { OBJECT_STORE } from "../core/cluster";
import { movedBy } from "../core/places";
import { changeRule } from "../core/rule";
import type { View } from "../core/view";

/**
 * Whether a store is one that a cluster is recovered from: nothing is archived there. A change sees the store alone, so it
 * goes by what such stores are called, and by nothing being deleted there.
 */
function isReadOnly(name: string | undefined, store: View): boolean {
  return (
    /(^|-)(source|origin|restore|recovery|clone)(-|$)/.test(name ?? "") &&
    !store.at("spec", "retentionPolicy").exists
  );
}

export default changeRule({
  id: "barman-change-destination",
  title: "An ObjectStore that clusters archive to stays at its destination.",
  severity: "critical",
  tags: ["change", "backup"],
  why: "Nothing refuses another destinationPath or endpointURL, for an ObjectStore has no webhook. Every cluster that uses it goes on with WAL at the new place, without a base backup there: until the next scheduled one nothing can be restored to a later point in time.",
  remedy:
    "Undo the change. To move an archive make a second ObjectStore, let the cluster use it, and take a base backup in the same hour.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
  types: [OBJECT_STORE],
  judge({ resource, view, before, report, part }) {
    if (isReadOnly(resource.name, before.view)) return;
    part(() => {
      const [was, is] = [before.view, view].map((one) => one.at("spec", "configuration"));
      if (was === undefined || is === undefined) return;
      for (const field of movedBy(was, is, resource.namespace))
        report(
          is.at(field),
          field === "endpointURL"
            ? "is another one than before, and there is no base backup yet. Write the old value."
            : `was "${was.text(field) ?? "nothing"}", and at "${is.text(field) ?? "nothing"}" is no base backup yet. Write the old value.`,
        );
    });
  },
});
