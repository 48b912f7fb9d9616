import { ApiError } from './api-error.ts';

/** What may be gone by now, not for this token, or of a newer server: it leaves a gap in what is shown beside it. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && [403, 404].includes(error.problem.status)) return undefined;
    throw error;
  }
}
