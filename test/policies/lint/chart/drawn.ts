/** Values of the chart `cluster`, of our own: each a choice that its templates make. */
export const drawn: Readonly<Record<string, string>> = {
  nothing: "type: postgresql\nmode: standalone\n",
  small: "cluster: { instances: 1, storage: { size: 10Gi } }\n",
  names:
    "fullnameOverride: orders\nnamespaceOverride: shop\ncluster: { additionalLabels: { team: a }, annotations: { note: b } }\n",
  "a long name": `nameOverride: ${"x".repeat(62)}-y\n`,
  volumes:
    "cluster:\n  storage: { size: 20Gi, storageClass: ssd }\n  walStorage: { enabled: true, size: 4Gi, storageClass: ssd }\n",
  resources:
    "cluster:\n  resources: { limits: { memory: 2Gi }, requests: { cpu: 500m, memory: 2Gi } }\n  affinity: { nodeSelector: { pool: db } }\n  priorityClassName: high\n  postgresUID: 1001\n  postgresGID: 0\n  stopDelay: 0\n",
  parameters:
    'cluster:\n  postgresql:\n    parameters: { max_connections: "300", fsync: "off" }\n    pg_hba: [host all all 10.0.0.0/8 md5]\n    pg_ident: [m a b]\n    shared_preload_libraries: [pgaudit]\n    synchronous: { method: any, number: 1 }\n    ldap: { server: ldap }\n',
  roles:
    "cluster:\n  roles: [{ name: dante, ensure: present, inRoles: [pg_monitor] }]\n  services: { disabledDefaultServices: [ro] }\n  superuserSecret: su\n  enableSuperuserAccess: false\n  enablePDB: false\n",
  initdb:
    "cluster:\n  initdb:\n    database: shop\n    owner: keeper\n    secret: { name: keeper }\n    postInitSQL: [SELECT 1]\n    postInitApplicationSQL: [SELECT 2;]\n",
  monitoring:
    "cluster:\n  monitoring:\n    enabled: true\n    disableDefaultQueries: true\n    tls: { enabled: true }\n    customQueries: [{ name: q, query: SELECT 1, metrics: [{ a: { usage: GAUGE } }] }]\n    customQueriesSecret: [{ name: s, key: k }]\n    instrumentation: { pgStatStatements: true }\n    podMonitor: { labels: { a: b }, relabelings: [{ targetLabel: x, replacement: y }] }\n",
  postgis:
    'type: postgis\nversion: { postgresql: "17.2", postgis: "3.5" }\ncluster: { initdb: { database: gis } }\n',
  timescaledb: 'type: timescaledb\nversion: { postgresql: "15.7" }\n',
  "timescaledb with an image": "type: timescaledb\ncluster: { imageName: ghcr.io/acme/ts:15 }\n",
  "an image": "cluster: { imageName: ghcr.io/acme/postgresql:17.6, imagePullSecrets: [{ name: pull }] }\n",
  "a catalog": "imageCatalog: { images: [{ image: 'ghcr.io/acme/postgresql:16.4', major: 16 }] }\n",
  "a catalog of another":
    "cluster: { imageCatalogRef: { kind: ClusterImageCatalog, name: postgresql } }\nversion: { postgresql: '17' }\n",
  "backups to S3":
    "backups:\n  enabled: true\n  s3: { region: eu-west-1, bucket: acme, path: /v1, accessKey: a, secretKey: b }\n",
  "backups to S3 by a role":
    "backups:\n  enabled: true\n  destinationPath: s3://acme/x\n  endpointURL: https://minio.storage.svc:9000\n  endpointCA: { name: ca, key: ca.crt }\n  s3: { inheritFromIAMRole: true }\n  wal: { encryption: '' , maxParallel: 4 }\n  data: { compression: snappy, jobs: 1 }\n  retentionPolicy: 7d\n",
  "backups to Google":
    "backups:\n  enabled: true\n  provider: google\n  google: { bucket: acme, gkeEnvironment: true }\n  scheduledBackups:\n    - { name: night, schedule: '0 0 3 * * *', backupOwnerReference: cluster, method: volumeSnapshot }\n    - { name: noon, schedule: '0 12 * * *' }\n",
  "backups to Google by a key":
    "backups:\n  enabled: true\n  provider: google\n  google: { bucket: acme, path: /x, applicationCredentials: '{}' }\n  secret: { create: false, name: gcp }\n",
  "backups to Azure":
    "backups:\n  enabled: true\n  provider: azure\n  azure: { storageAccount: acme, containerName: db, storageKey: k }\n",
  "backups to Azure by a connection":
    "backups:\n  enabled: true\n  provider: azure\n  destinationPath: https://acme.blob.core.windows.net/db\n  azure: { connectionString: c }\n  scheduledBackups: []\n",
  "backups to Azure by an identity":
    "backups:\n  enabled: true\n  provider: azure\n  azure: { storageAccount: acme, containerName: db, inheritFromAzureAD: true }\n",
  "backups by the plugin":
    "backups:\n  enabled: true\n  method: plugin\n  pluginConfiguration: { name: barman-cloud.cloudnative-pg.io }\n  provider: google\n  google: { bucket: acme, gkeEnvironment: true }\n  instanceSidecarConfiguration: { resources: { limits: { memory: 1Gi } } }\n  scheduledBackups:\n    - name: daily\n      schedule: '0 0 3 * * *'\n      method: plugin\n      pluginConfiguration: { name: barman-cloud.cloudnative-pg.io }\n",
  plugins:
    "cluster:\n  plugins:\n    - { name: other.acme.io }\n    - name: barman-cloud.cloudnative-pg.io\n      isWALArchiver: true\n      parameters: { barmanObjectName: mine, serverName: g2 }\n",
  "only another plugin": "cluster: { plugins: [{ name: other.acme.io, enabled: true }] }\n",
  "recovery of a backup":
    "mode: recovery\nrecovery: { method: backup, backupName: b-1, pitrTarget: { time: '2026-01-31T00:00:00Z' } }\n",
  "recovery from a store":
    "mode: recovery\nrecovery:\n  method: object_store\n  clusterName: old\n  owner: o\n  s3: { region: eu-west-1, bucket: acme, accessKey: a, secretKey: b }\n",
  "recovery by the plugin":
    "mode: recovery\nrecovery:\n  method: plugin\n  clusterName: old\n  provider: google\n  google: { bucket: acme, gkeEnvironment: true }\n  pluginConfiguration: { name: barman-cloud.cloudnative-pg.io, enabled: true, parameters: { a: b } }\n",
  "recovery by pg_basebackup":
    "mode: recovery\nrecovery:\n  method: pg_basebackup\n  pgBaseBackup:\n    secretName: app\n    owner: o\n    source: { host: old, username: streaming_replica, sslMode: require, passwordSecret: { name: p }, sslRootCertSecret: { name: r, key: ca.crt } }\n",
  import:
    "mode: recovery\ncluster: { initdb: { database: shop, owner: keeper, postInitApplicationSQL: [SELECT 1] } }\nrecovery:\n  method: import\n  import:\n    type: monolith\n    databases: [a, b]\n    roles: ['*']\n    schemaOnly: true\n    pgDumpExtraOptions: [--x]\n    source: { host: old, username: postgres, database: postgres, port: 5433 }\n",
  "a replica from a store":
    "mode: replica\nreplica:\n  self: b\n  primary: a\n  bootstrap: { source: object_store, database: shop, owner: o, secret: { name: s } }\n  origin:\n    objectStore: { provider: google, clusterName: a, google: { bucket: acme, gkeEnvironment: true } }\n",
  "a replica by streaming":
    "mode: replica\nreplica:\n  minApplyDelay: 4h\n  bootstrap: { source: pg_basebackup }\n  origin:\n    pg_basebackup: { host: a, username: streaming_replica, database: postgres, sslKeySecret: { name: k, key: tls.key }, sslCertSecret: { name: k, key: tls.crt } }\n",
  databases:
    "databases:\n  - { name: app_x, owner: app }\n  - name: second\n    owner: o\n    ensure: absent\n    encoding: LATIN1\n    template: template0\n    databaseReclaimPolicy: delete\n    connectionLimit: 5\n    isTemplate: true\n    locale: C\n    collationVersion: '2.1'\n    schemas: [{ name: s, owner: o }, { name: t, owner: o, ensure: absent }]\n    extensions: [{ name: vector, version: '0.8', schema: s }]\n",
  poolers:
    "poolers:\n  - { name: rw, instances: 3 }\n  - name: ro\n    type: ro\n    poolMode: transaction\n    instances: 1\n    parameters: { max_client_conn: '1000' }\n    authQuerySecret: { name: s }\n    authQuery: SELECT 1\n    pg_hba: [host all all all md5]\n    template: { spec: { containers: [] } }\n",
  "values that are taken away":
    "cluster: { affinity: null, stopDelay: null, walStorage: { enabled: true, storageClass: null } }\n",
  environment:
    "cluster:\n  env: [{ name: A, value: b }]\n  envFrom: [{ secretRef: { name: s } }]\n  certificates: { serverTLSSecret: t }\n  replicationSlots: { highAvailability: { enabled: false } }\n  serviceAccountTemplate: { metadata: { annotations: { a: b } } }\n  podSecurityContext: { runAsNonRoot: true }\n  securityContext: { readOnlyRootFilesystem: true }\n  primaryUpdateMethod: restart\n  primaryUpdateStrategy: supervised\n  logLevel: debug\n",
};
