import { Version } from '../../version.ts';
import { parseVersionRange } from '../../version-range.ts';
import { fixed, type TemplateFunction, text } from '../function.ts';
import { TemplateError } from '../template-error.ts';

/** sprig's functions of semantic versions. */
export const SEMVER_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  semver: fixed([text], ([value]) => parse(value)),
  semverCompare: fixed([text, text], ([range, value]) => {
    const wanted = parseVersionRange(range);
    if (wanted === undefined) throw new TemplateError(`'${range}' is not a version or a range of them`);
    return wanted.includes(parse(value));
  }),
};

function parse(value: string): Version {
  const version = Version.parse(value);
  if (version === undefined) throw new TemplateError(`'${value}' is not a semantic version`);
  return version;
}
