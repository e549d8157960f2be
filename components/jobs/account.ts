import type { PlannedObject } from "../plan/object";

const rbac = "rbac.authorization.k8s.io";

/** An account. The pods that are to have its token ask for it; no other one gets it by running as the account. */
export const account = (
  object: Pick<PlannedObject, "key" | "name"> & Partial<PlannedObject>,
): PlannedObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  body: { automountServiceAccountToken: false },
  after: [],
  ...object,
});

/** A rule for objects that are named. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly verbs: readonly string[];
}

/** What an account may do: a Role, `<key>/role`, and a RoleBinding after it, `<key>/binding`. */
export function rights(
  key: string,
  of: Pick<PlannedObject, "name"> & Partial<PlannedObject>,
  rules: readonly Rule[],
  subject: { readonly name: string; readonly namespace: string },
  bindingAfter: readonly string[] = [],
): PlannedObject[] {
  const object = { apiVersion: `${rbac}/v1`, after: [], ...of };
  const roleRef = { apiGroup: rbac, kind: "Role", name: of.name };
  const subjects = [{ kind: "ServiceAccount", ...subject }];
  return [
    { ...object, key: `${key}/role`, kind: "Role", body: { rules } },
    {
      ...object,
      key: `${key}/binding`,
      kind: "RoleBinding",
      body: { roleRef, subjects },
      after: [...bindingAfter, `${key}/role`],
    },
  ];
}
