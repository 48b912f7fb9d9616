import type { FieldError } from '../../errors/gimletd-error.ts';
import type { RenderSettings } from '../render-settings.ts';
import { isClusterScoped } from './cluster-scoped.ts';
import type { KubernetesObject } from './read-objects.ts';

/** What of these objects may not be released, by the environment's settings; `namespace` is the manifest's. */
export function checkObjects(
  objects: readonly KubernetesObject[],
  namespace: string,
  settings: RenderSettings,
): FieldError[] {
  return [
    ...findDuplicates(objects, namespace),
    ...objects.flatMap((object) => [
      ...scopeProblem(object, settings),
      ...namespaceProblem(object, namespace, settings),
      ...secretProblem(object, settings),
    ]),
  ];
}

/** Objects that are in what was rendered twice. */
export function findDuplicates(objects: readonly KubernetesObject[], namespace: string): FieldError[] {
  const first = new Map<string, KubernetesObject>();
  return objects.flatMap((object) => {
    const { apiVersion, kind, name, where } = object;
    const scope = isClusterScoped(apiVersion, kind) ? '' : (object.namespace ?? namespace);
    const key = JSON.stringify([apiVersion, kind, scope, name]);
    const other = first.get(key);
    if (other === undefined) first.set(key, object);
    if (other === undefined) return [];
    return [{ path: `${where}, metadata.name`, message: `${kind} '${name}' is already in ${other.where}` }];
  });
}

function scopeProblem({ apiVersion, kind, where }: KubernetesObject, settings: RenderSettings): FieldError[] {
  if (settings.allowClusterScoped || !isClusterScoped(apiVersion, kind)) return [];
  const message = `a ${kind} belongs to the whole cluster: leave it out, or set allowClusterScoped for the environment`;
  return [{ path: `${where}, kind`, message }];
}

function namespaceProblem(
  { apiVersion, kind, namespace: own, where }: KubernetesObject,
  namespace: string,
  settings: RenderSettings,
): FieldError[] {
  if (settings.allowOtherNamespaces || own === undefined || own === namespace) return [];
  if (isClusterScoped(apiVersion, kind)) return [];
  const message = `'${own}' is not the manifest's namespace '${namespace}': change it, or set allowOtherNamespaces for the environment`;
  return [{ path: `${where}, metadata.namespace`, message }];
}

/** Sealed and external secrets are other kinds; a Secret without data is filled in by someone else. */
function secretProblem(object: KubernetesObject, settings: RenderSettings): FieldError[] {
  const { apiVersion, kind, hasSecretData, where } = object;
  if (settings.allowPlainSecrets || apiVersion !== 'v1' || kind !== 'Secret' || !hasSecretData) return [];
  const message =
    'a Secret with data would be readable in git: seal it, refer to an external one, or set allowPlainSecrets for the environment';
  return [{ path: `${where}, data`, message }];
}
