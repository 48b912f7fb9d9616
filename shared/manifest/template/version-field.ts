import { Version } from '../version.ts';
import type { Value } from './value.ts';

/** A field of what `semver` gives; undefined when it has none of that name. */
export function versionField(value: object, name: string): Value | undefined {
  if (!(value instanceof Version)) return undefined;
  switch (name) {
    case 'Major':
      return value.major;
    case 'Minor':
      return value.minor;
    case 'Patch':
      return value.patch;
    case 'Prerelease':
      return value.prerelease;
    case 'Metadata':
      return value.metadata;
    case 'Original':
      return value.original;
    case 'String':
      return value.toString();
    default:
      return undefined;
  }
}
