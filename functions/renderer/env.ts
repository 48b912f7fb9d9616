import * as z from 'zod';
import { envVariables } from '../../shared/runtime/env.ts';

export const rendererEnv = z.object({
  TABLE_NAME: envVariables.TABLE_NAME,
  GITOPS_WRITES_QUEUE_URL: envVariables.GITOPS_WRITES_QUEUE_URL,
  NOTIFICATIONS_QUEUE_URL: envVariables.NOTIFICATIONS_QUEUE_URL,
  SETTINGS: envVariables.SETTINGS,
  RESEND_AFTER_SECONDS: envVariables.RESEND_AFTER_SECONDS,
  METRICS_NAMESPACE: envVariables.METRICS_NAMESPACE,
  /** Name of the charts function, which this one invokes. */
  CHARTS_FUNCTION_NAME: z.string().min(1),
  /** The helm binary: in the layer on AWS, unpacked or installed locally. */
  HELM_PATH: z.string().default('/opt/helm/helm'),
  /** The kubectl binary, whose kustomize applies patches: beside helm. */
  KUBECTL_PATH: z.string().default('/opt/kubectl/kubectl'),
});

/** What the infrastructure must set for this function. */
export type RendererEnv = z.input<typeof rendererEnv>;
