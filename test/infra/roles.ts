import { ofType, type Resources, resolved } from './synthesised.ts';

/** What grants something; whatever else of IAM a template may hold is a problem of its own. */
const IAM_TYPES = ['AWS::IAM::Role', 'AWS::IAM::Policy'];

type Json = Readonly<Record<string, unknown>>;

/**
 * Everything that the roles of a template allow, a line each: role, action, resource, and the condition that it is
 * bound to. Two templates with the same lines allow the same.
 */
export function roleLines(resources: Resources): string[] {
  const lines = Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    if (Type === 'AWS::IAM::Role') return roleItself(id, Properties);
    if (Type === 'AWS::IAM::Policy') return policyLines(Properties);
    return Type.startsWith('AWS::IAM::') ? [`${id} is a ${Type}`] : [];
  });
  return [...new Set(lines)].sort();
}

/** What differs from the lines that are known, a sentence each. */
export function roleProblems(resources: Resources, known: readonly string[]): string[] {
  const lines = roleLines(resources);
  return [
    ...lines.filter((line) => !known.includes(line)).map((line) => `new: ${line}`),
    ...known.filter((line) => !lines.includes(line)).map((line) => `gone: ${line}`),
  ];
}

function roleItself(id: string, properties: Json): string[] {
  const { AssumeRolePolicyDocument, ...rest } = properties as {
    AssumeRolePolicyDocument: { Statement: Json[] };
  };
  const assumed = AssumeRolePolicyDocument.Statement.map(
    (one) => `${nameOf(id)} is assumed by ${canonical(one)}`,
  );
  const more = Object.entries(rest)
    .filter(([name]) => name !== 'Tags')
    .map(([name, value]) => `${nameOf(id)} has ${name} ${canonical(value)}`);
  return [...assumed, ...more];
}

function policyLines(properties: Json): string[] {
  const { Roles, PolicyDocument } = properties as {
    readonly Roles: readonly unknown[];
    readonly PolicyDocument: { readonly Statement: readonly Json[] };
  };
  return Roles.flatMap((role) =>
    PolicyDocument.Statement.flatMap((statement) => statementLines(nameOf(resolved(role)), statement)),
  );
}

function statementLines(role: string, { Effect, Action, Resource, Condition, ...others }: Json): string[] {
  const more = Object.keys(others).length > 0 ? ` ${canonical(others)}` : '';
  const condition = Condition === undefined ? '' : ` if ${canonical(Condition)}`;
  return [Action].flat().flatMap((action) =>
    [Resource].flat().map((resource) => {
      const effect = Effect === 'Allow' ? 'may' : String(Effect);
      return `${role} ${effect} ${action} on ${resourceName(resource)}${condition}${more}`;
    }),
  );
}

/** Logical ids end in a hash of their path, which says nothing to a reader. */
function nameOf(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

function resourceName(resource: unknown): string {
  return resolved(resource).replace(/^([A-Za-z]+)[0-9A-F]{8}/, '$1');
}

function canonical(value: unknown): string {
  return JSON.stringify(value);
}

/** Ids of the template's resources that are of IAM. */
export function iamResources(resources: Resources): string[] {
  return IAM_TYPES.flatMap((type) => ofType(resources, type).map(([id]) => id));
}
