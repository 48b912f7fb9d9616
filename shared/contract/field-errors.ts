export { fieldErrors } from '../errors/field-errors.ts';
