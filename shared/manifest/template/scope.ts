import type { Value } from './value.ts';

/** The variables of a template, innermost last: a name may be declared again further in. */
export class Scope {
  private readonly variables: { readonly name: string; value: Value }[] = [];

  declare(name: string, value: Value): void {
    this.variables.push({ name, value });
  }

  assign(name: string, value: Value): void {
    const variable = this.variables.findLast((candidate) => candidate.name === name);
    if (variable) variable.value = value;
  }

  get(name: string): Value {
    return this.variables.findLast((candidate) => candidate.name === name)?.value ?? null;
  }

  /** Runs something and forgets what it declared. */
  within<T>(run: () => T): T {
    const size = this.variables.length;
    try {
      return run();
    } finally {
      this.variables.length = size;
    }
  }
}
