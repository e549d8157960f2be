/** Manifests of a company's teams: one document in five is of CloudNativePG, the others are what runs beside it. */
export function manifestsOf(documents: number): string {
  const all: string[] = [];
  for (let i = 0; all.length < documents; i++) {
    const team = `team-${i}`;
    all.push(
      cluster(team),
      belongings[i % belongings.length]?.(team) ?? "",
      ...others.map((other) => other(team)),
    );
  }
  return all.slice(0, documents).join("---\n");
}

const cluster = (team: string): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: db
  namespace: ${team}
  labels:
    app.kubernetes.io/name: db
    team: ${team}
spec:
  description: The database of ${team}
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie
  primaryUpdateStrategy: unsupervised
  enablePDB: true
  storage:
    size: 100Gi
    storageClass: premium-rwo
  walStorage:
    size: 20Gi
    storageClass: premium-rwo
  resources:
    requests:
      cpu: "2"
      memory: 8Gi
    limits:
      memory: 8Gi
  affinity:
    enablePodAntiAffinity: true
    podAntiAffinityType: required
    topologyKey: kubernetes.io/hostname
  postgresql:
    parameters:
      shared_buffers: 2GB
      max_connections: "100"
      work_mem: 16MB
    pg_hba:
      - hostssl all all 10.0.0.0/8 scram-sha-256
  bootstrap:
    initdb:
      database: app
      owner: app
      secret:
        name: db-app
  managed:
    roles:
      - name: reader
        login: true
        passwordSecret:
          name: db-reader
  serviceAccountTemplate:
    metadata:
      annotations:
        iam.gke.io/gcp-service-account: cnpg-${team}@acme.iam.gserviceaccount.com
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters:
        barmanObjectName: db
        serverName: db-g1
`;

const belongings: readonly ((team: string) => string)[] = [
  (team) => `apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata:
  name: db
  namespace: ${team}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: gs://acme-backups/${team}
    googleCredentials:
      gkeEnvironment: true
    wal:
      compression: gzip
    data:
      compression: gzip
`,
  (team) => `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: db
  namespace: ${team}
spec:
  schedule: "0 ${team.length} 3 * * *"
  cluster:
    name: db
  method: plugin
  pluginConfiguration:
    name: barman-cloud.cloudnative-pg.io
  backupOwnerReference: self
`,
  (team) => `apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata:
  name: db-rw
  namespace: ${team}
spec:
  cluster:
    name: db
  instances: 3
  type: rw
  pgbouncer:
    poolMode: transaction
    parameters:
      max_client_conn: "1000"
      default_pool_size: "10"
`,
  (team) => `apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata:
  name: db-app
  namespace: ${team}
spec:
  name: app
  owner: app
  cluster:
    name: db
  databaseReclaimPolicy: retain
`,
];

const others: readonly ((team: string) => string)[] = [
  (team) => workload("Deployment", team, "web"),
  (team) => workload("Deployment", team, "worker"),
  (team) => workload("StatefulSet", team, "cache"),
  (team) => `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: ${team}
spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: 8080
`,
  (team) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: ${team}
spec:
  rules:
    - host: ${team}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  name: http
`,
  (team) => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
  namespace: ${team}
spec:
  minReplicas: 2
  maxReplicas: 10
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
`,
  (team) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: ${team}
data:
  settings.ini: |
    [web]
    threads = 8
    greeting = hello ${team}
`,
  (team) => `apiVersion: batch/v1
kind: CronJob
metadata:
  name: clean
  namespace: ${team}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: clean
              image: example.com/clean:1.2.3
`,
];

const workload = (kind: string, team: string, name: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${team}
  labels:
    app: ${name}
spec:
  replicas: 3
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: ${name}
          image: example.com/${name}:1.2.3
          ports:
            - containerPort: 8080
          env:
            - name: PGHOST
              value: db-rw.${team}
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          readinessProbe:
            httpGet:
              path: /ready
              port: 8080
`;
