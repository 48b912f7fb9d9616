import type { TargetName } from '../../shared/release/release.ts';

/** A Deployment as a usual chart renders it, about 2 KB. */
export function deploymentYaml(
  options: TargetName & { readonly sha: string; readonly image: string; readonly replicas: number },
): string {
  const { app, env, sha, image, replicas } = options;
  return `---
# Source: onechart/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${app}
  namespace: ${env}
  labels:
${labels(app, 4)}
    app.kubernetes.io/version: ${sha.slice(0, 12)}
  annotations:
    kubectl.kubernetes.io/default-container: ${app}
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${app}
      app.kubernetes.io/instance: ${app}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${app}
        app.kubernetes.io/instance: ${app}
    spec:
      securityContext:
        fsGroup: 999
        runAsNonRoot: true
      containers:
        - name: ${app}
          image: registry.example.com/acme/${app}:${sha.slice(0, 12)}@sha256:${image}
          imagePullPolicy: IfNotPresent
          env:
            - name: ENVIRONMENT
              value: ${env}
            - name: GIT_SHA
              value: ${sha}
            - name: LOG_LEVEL
              value: ${env === 'production' ? 'warn' : 'info'}
          ports:
            - name: http
              containerPort: 8080
              protocol: TCP
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
              scheme: HTTP
            initialDelaySeconds: 5
            periodSeconds: 10
            successThreshold: 1
            timeoutSeconds: 3
            failureThreshold: 3
          resources:
            requests:
              cpu: 200m
              memory: 200Mi
            limits:
              cpu: 400m
              memory: 400Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            runAsUser: 1000
`;
}

/** A Service and its Ingress, about 1 KB. */
export function serviceYaml({ app, env }: TargetName): string {
  return `---
# Source: onechart/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: ${app}
  namespace: ${env}
  labels:
${labels(app, 4)}
spec:
  type: ClusterIP
  ports:
    - port: 80
      targetPort: http
      protocol: TCP
      name: http
  selector:
    app.kubernetes.io/name: ${app}
    app.kubernetes.io/instance: ${app}
---
# Source: onechart/templates/ingress.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${app}
  namespace: ${env}
  labels:
${labels(app, 4)}
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
spec:
  ingressClassName: nginx
  tls:
    - hosts:
        - ${app}.${env}.example.com
      secretName: tls-${app}
  rules:
    - host: ${app}.${env}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${app}
                port:
                  name: http
`;
}

function labels(app: string, indent: number): string {
  return [
    'helm.sh/chart: onechart-0.73.0',
    `app.kubernetes.io/name: ${app}`,
    `app.kubernetes.io/instance: ${app}`,
    'app.kubernetes.io/managed-by: Helm',
  ]
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');
}
