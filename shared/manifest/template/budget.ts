import { TemplateError } from './template-error.ts';

const MAX_STEPS = 200_000;
const MAX_SIZE = 4_000_000;

/**
 * Bounds what all templates of one manifest may do: steps (nodes, calls, elements that are looked at) and the size of
 * everything they make (characters of text, whether written or only kept in a variable).
 */
export class Budget {
  private steps = MAX_STEPS;
  private size = MAX_SIZE;

  /** @throws TemplateError when there are no steps left. */
  step(count = 1): void {
    this.steps -= count;
    if (!(this.steps >= 0))
      throw new TemplateError(`the templates of a manifest may take ${MAX_STEPS} steps: this is more`);
  }

  /**
   * To be called before a text of this length is made.
   * @throws TemplateError when it would be too much.
   */
  grow(length: number): void {
    this.size -= length;
    if (!(this.size >= 0))
      throw new TemplateError(`the templates of a manifest may make ${MAX_SIZE} characters: this is more`);
  }
}
