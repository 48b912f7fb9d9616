import * as z from 'zod';

/** A string of 1 to `most` characters that a function finds nothing wrong with; what it says is told. */
export function checkedText(problemOf: (text: string) => string | undefined, most: number) {
  return z
    .string()
    .min(1)
    .max(most)
    .superRefine((text, context) => {
      const problem = problemOf(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    });
}
