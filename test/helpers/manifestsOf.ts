import type { EnvironmentPlan } from "../../components/plan/environment";
import type { Workload } from "../../components/units/workload";

/** Every custom resource of a plan as a manifest. */
export function manifestsOf(plan: EnvironmentPlan): { [key: string]: unknown }[] {
  return plan.clusters.flatMap(({ plan: planned }) => {
    const { workload, labels, spec, backup, recovery, migration, poolers, certificates: tls } = planned;
    const { namespace, cluster: name }: Workload = workload;
    const cnpg = "postgresql.cnpg.io/v1";
    const object = (apiVersion: string, kind: string, objectName: string, body: unknown) => ({
      apiVersion,
      kind,
      metadata: { name: objectName, namespace, labels },
      spec: body,
    });
    return [
      ...(backup?.objectStore === undefined
        ? []
        : [
            object("barmancloud.cnpg.io/v1", "ObjectStore", backup.objectStore.name, backup.objectStore.spec),
          ]),
      ...(recovery?.objectStore === undefined
        ? []
        : [
            object(
              "barmancloud.cnpg.io/v1",
              "ObjectStore",
              recovery.objectStore.name,
              recovery.objectStore.spec,
            ),
          ]),
      ...tls.certificates.map((c) => object("cert-manager.io/v1", "Certificate", c.name, c.spec)),
      object(cnpg, "Cluster", name, spec),
      ...(backup === undefined
        ? []
        : [object(cnpg, "ScheduledBackup", backup.scheduledBackup.name, backup.scheduledBackup.spec)]),
      ...migration.declared.databases.map((d) => object(cnpg, "Database", d.objectName, d.spec)),
      ...migration.publications.map((p) => object(cnpg, "Publication", p.objectName, p.spec)),
      ...migration.subscriptions.map((s) => object(cnpg, "Subscription", s.objectName, s.spec)),
      ...poolers.map((p) => object(cnpg, "Pooler", p.name, p.spec)),
      ...[...planned.before, ...(planned.masking?.objects ?? []), ...planned.objects].map((each) => ({
        apiVersion: each.apiVersion,
        kind: each.kind,
        metadata: {
          name: each.name,
          namespace: each.namespace ?? namespace,
          labels: { ...labels, ...each.labels },
        },
        ...each.body,
      })),
    ];
  });
}
