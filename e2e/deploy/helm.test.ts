import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const CHART = fileURLToPath(new URL('../../deploy/helm/authly', import.meta.url));
const run = promisify(execFile);
const hasHelm = await run('helm', ['version', '--short']).then(
  () => true,
  () => false,
);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Record<string, unknown>;
}

async function render(values: readonly string[] = []): Promise<readonly Manifest[]> {
  const sets = ['issuer=https://login.example.com', ...values].flatMap((value) => ['--set', value]);
  const { stdout } = await run('helm', ['template', 'login', CHART, '--kube-version', '1.30.0', ...sets]);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

const all = [
  'autoscaling.enabled=true',
  'ingress.enabled=true',
  'ingress.tlsSecretName=tls',
  'serviceMonitor.enabled=true',
  'secrets.redisUrl.name=redis',
];

describe.skipIf(!hasHelm)('the Helm chart (needs helm)', () => {
  it('passes the linter, with warnings as failures', async () => {
    const { stdout } = await run('helm', ['lint', '--strict', CHART, '--set', 'issuer=https://login.example.com']);
    expect(stdout).toContain('0 chart(s) failed');
  });

  it('makes what each of its values is for, and nothing that was not asked for', async () => {
    const kinds = async (values: readonly string[]): Promise<readonly string[]> =>
      (await render(values)).map(({ kind }) => kind).sort();
    expect(await kinds([])).toEqual(['Deployment', 'Job', 'NetworkPolicy', 'PodDisruptionBudget', 'Service']);
    expect(await kinds(all)).toEqual([
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'Job',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'Service',
      'ServiceMonitor',
    ]);
  });

  it('has every secret by reference, and refuses those that are written into the settings', async () => {
    const text = JSON.stringify(await render(all));
    for (const name of ['DATABASE_URL', 'JWT_SECRET_KEY', 'JWT_REFRESH_SECRET_KEY', 'AUTHLY_REDIS_URL'])
      expect(text).toContain(`{"name":"${name}","valueFrom":{"secretKeyRef":`);
    await expect(render(['settings.JWT_SECRET_KEY=written-down'])).rejects.toThrow(/settings/);
    await expect(render(['issuer=http://login.example.com'])).rejects.toThrow(/issuer/);
  });

  it('runs as nobody special, on a file system that cannot be written to, with probes and a stop that waits', async () => {
    const deployment = (await render()).find(({ kind }) => kind === 'Deployment');
    expect(deployment?.spec).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 50,
          securityContext: { runAsNonRoot: true, runAsUser: 1000 },
          containers: [
            {
              image: 'authly:0.1.0',
              securityContext: {
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
              },
              readinessProbe: { httpGet: { path: '/health/ready' } },
              livenessProbe: { httpGet: { path: '/health/live' } },
            },
          ],
        },
      },
    });
  });

  it('migrates before servers of a new version start, and leads nobody from outside to /admin and /metrics', async () => {
    const manifests = await render(all);
    expect(manifests.find(({ kind }) => kind === 'Job')?.metadata.annotations).toMatchObject({
      'helm.sh/hook': 'pre-install,pre-upgrade',
    });
    const ingress = JSON.stringify(manifests.find(({ kind }) => kind === 'Ingress'));
    for (const path of ['/admin', '/metrics'])
      expect(ingress).toContain(
        `{"path":"${path}","pathType":"Prefix","backend":{"service":{"name":"login-authly-nobody"`,
      );
    expect(ingress).toContain('"host":"login.example.com"');
  });
});
