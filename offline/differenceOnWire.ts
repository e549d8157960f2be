import providerProto from "@pulumi/pulumi/proto/provider_pb";
import type { Difference, FieldChange } from "./difference";

/** A difference as the engine is told of it. */
export function differenceOnWire(found: Difference): providerProto.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = providerProto.DiffResponse.DiffChanges;
  const response = new providerProto.DiffResponse();
  const changed = [...found.fields.keys()];
  response.setChanges(changed.length + found.replaces.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList([...found.replaces]);
  response.setDeletebeforereplace(found.deleteBeforeReplace);
  if (!found.detailed) {
    response.setDiffsList(changed);
    return response;
  }
  response.setHasdetaileddiff(true);
  for (const [path, change] of found.fields) {
    const field = new providerProto.PropertyDiff();
    field.setKind(kindOf(change, found.replaces.includes(path)));
    field.setInputdiff(change === "delete");
    response.getDetaileddiffMap().set(path, field);
  }
  return response;
}

function kindOf(change: FieldChange, replaces: boolean): providerProto.PropertyDiff.Kind {
  const { Kind } = providerProto.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  } as const;
  return kinds[change][replaces ? 1 : 0];
}
